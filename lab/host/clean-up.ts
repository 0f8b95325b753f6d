// What a lab host that was killed left behind: its run folder. Its phones and its adb server end by themselves.

import { readdir, rm } from 'node:fs/promises';
import type { Logger } from '#base';
import type { Home } from '#lab/home';

/** Only called with the home's lock held: nobody uses the folder. */
export async function cleanUpAfter(home: Home, logger: Logger): Promise<void> {
  const left = await readdir(home.runDir).catch(() => []);
  if (left.length) logger.info('cleaning up after a lab host that did not end in order', { left });
  await rm(home.hostFile, { force: true });
  await rm(home.runDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
