// What earlier versions left on the phone: bundles that nobody runs any more, and pushes that broke off.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Removes every bundle below agent/ and runtime/ but ours. Only called once we run: a predecessor has ended. */
export async function removeOldBundles(root: string, bundleHash: string): Promise<string[]> {
  const [runtime = '', agent = ''] = bundleHash.split('-');
  const removed: string[] = [];
  for (const [room, ours] of [
    ['runtime', runtime],
    ['agent', agent],
  ] as const) {
    for (const name of await readdir(path.join(root, room)).catch(() => [])) {
      if (name === ours || ours === '') continue;
      await rm(path.join(root, room, name), { recursive: true, force: true }).catch(() => undefined);
      removed.push(`${room}/${name}`);
    }
  }
  return removed;
}
