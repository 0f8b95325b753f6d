// What virtual phones have from the start: the Node runtime, as an emulator's image would. Phones get hard links, so
// that fifty of them share one copy on disk and in memory. Pushing to a bare phone is tested and measured all the same.

import { chmod, copyFile, link, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Payload } from './payload.ts';

/** Makes the folder once per runtime; several makers at once, also in one process, are fine. Returns its path. */
export async function makePreload(parent: string, payload: Payload): Promise<string> {
  const folder = path.join(parent, payload.runtime.hash);
  if (await stat(folder).catch(() => undefined)) return folder;
  await mkdir(parent, { recursive: true });
  const aside = await mkdtemp(`${folder}.part-`);
  const runtime = path.join(aside, 'runtime', payload.runtime.hash);
  try {
    for (const file of payload.runtime.files) {
      const target = path.join(runtime, file.path);
      await mkdir(path.dirname(target), { recursive: true });
      await link(file.local, target).catch(() => copyFile(file.local, target));
    }
    await writeFile(path.join(runtime, '.complete'), '');
    await chmod(aside, 0o755); // the phones' own user walks through
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await stat(folder).catch(() => undefined))) throw error;
  }
  return folder;
}
