// `mvn package` for the Kotlin parts, one at a time: two that fill the same local repository get into each other's way.

import { join } from 'node:path';
import { SetupError, saysOffline } from '../setup/errors.mjs';
import { withLock } from '../setup/lock.mjs';
import { run } from '../setup/run.mjs';
import { dexerFlags } from './dexer.mjs';

export const mavenFlags = ['-B', '-q', '-Dmaven.wagon.http.retryHandler.count=3', '-Dmaven.wagon.rto=60000'];

/** `folder` is where the pom.xml lies, `what` is how it is called in errors. */
export async function mavenPackage({ ctx, tools, folder, what, flags = [] }) {
  const pack = () =>
    run(tools.mvn, [...mavenFlags, ...dexerFlags(ctx.env), ...flags, '-DskipTests', 'package'], {
      cwd: folder,
      env: ctx.env,
      signal: ctx.signal,
      timeoutMs: 15 * 60_000,
    });
  const result = await withLock(join(ctx.cacheDir, 'maven.lock'), pack, { signal: ctx.signal });
  if (result.code === 0) return;
  const text = result.stdout + result.stderr;
  const hint = saysOffline(text)
    ? { hint: 'Maven could not reach its repository. When you are online again: npm run setup' }
    : {};
  throw new SetupError(`Maven failed in ${what}:\n${text.trim().slice(0, 4_000)}`, hint);
}
