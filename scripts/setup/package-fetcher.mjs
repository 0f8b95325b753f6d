// Debian packages of a group, downloaded with apt state of our own.

import { join } from 'node:path';
import { debianArch, privateApt } from './apt.mjs';

/** Downloads with private apt state; a status that doesn't resolve is followed by an empty one. */
export function packageFetcher(ctx) {
  const ready = new Map();
  const open = async (status) => {
    if (!ready.has(status)) {
      const apt = privateApt({
        dir: join(ctx.toolsDir, 'apt', `${debianArch()}-${status}`),
        arch: debianArch(),
        env: ctx.env,
        log: ctx.log,
        signal: ctx.signal,
        status,
        ...ctx.apt,
      });
      await apt.prepare();
      await apt.update();
      ready.set(status, apt);
    }
    return ready.get(status);
  };
  return async (group) => {
    let failure;
    for (const status of ctx.ignoreSystem || group.status === 'none' ? ['none'] : ['system', 'none']) {
      const apt = await open(status);
      for (const packages of group.packages) {
        try {
          return await (group.exact ? apt.downloadOnly(packages) : apt.download(packages));
        } catch (error) {
          if (error.hint) throw error;
          failure = error;
        }
      }
    }
    throw failure;
  };
}
