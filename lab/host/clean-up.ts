// What a lab host that was killed left behind: its run folder, and copies for phones that it had not finished. Its
// phones and its adb server end by themselves.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#base';
import { removeUnfinishedPreloads } from '#lab/fleet';
import type { Home } from '#lab/home';

/** Only called with the home's lock held: nobody uses the folder. */
export async function cleanUpAfter(home: Home, logger: Logger): Promise<void> {
  const left = await readdir(home.runDir).catch(() => []);
  if (left.length) logger.info('cleaning up after a lab host that did not end in order', { left });
  await rm(home.hostFile, { force: true });
  await removeUnfinishedPreloads(path.join(home.dir, 'preload'));
  await rm(home.runDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
