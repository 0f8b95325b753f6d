// What virtual phones have from the start: runtimes and agent, as an emulator's image would have them. Phones get hard
// links, so that fifty of them share one copy on disk and in memory. Pushing to a bare phone is tested and measured all
// the same.

import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { type Payload, type PayloadFile, payloadFolders, payloadHashOf } from './payload.ts';

/** In the names of folders that are being made. */
const ASIDE = '.part-';

/** Makes the folder once per payload; several makers at once, also in one process, are fine. Returns its path. */
export async function makePreload(parent: string, payload: Payload): Promise<string> {
  const folder = path.join(parent, payloadHashOf(payload));
  if (await stat(folder).catch(() => undefined)) return folder;
  await mkdir(parent, { recursive: true });
  const older = (await readdir(parent)).filter(
    (name) => !name.includes(ASIDE) && name !== path.basename(folder),
  );
  const aside = await mkdtemp(`${folder}${ASIDE}`);
  try {
    for (const [room, { hash, files }] of payloadFolders(payload)) {
      const inside = path.join(aside, room, hash);
      for (const file of files) {
        const target = path.join(inside, file.path);
        await mkdir(path.dirname(target), { recursive: true });
        await share(file, target);
      }
      await writeFile(path.join(inside, '.complete'), '');
    }
    await chmod(aside, 0o755); // the phones' own user walks through
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (!(await stat(folder).catch(() => undefined))) throw error;
  }
  // Phones of an earlier build have links of their own.
  for (const name of older) await rm(path.join(parent, name), { recursive: true, force: true });
  return folder;
}

/** What a maker that was killed left aside. Only called while nobody makes one. */
export async function removeUnfinishedPreloads(parent: string): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names.filter((it) => it.includes(ASIDE)))
    await rm(path.join(parent, name), { recursive: true, force: true });
}

/** A link, where the phones' own user may read what the build's umask left; else a copy that it may. */
async function share(file: PayloadFile, target: string): Promise<void> {
  const needed = (file.mode & 0o100) === 0 ? 0o644 : 0o755;
  const { mode } = await stat(file.local);
  if ((mode & needed) === needed) {
    try {
      return await link(file.local, target);
    } catch {
      // Another file system, or a kernel that lets only owners make links.
    }
  }
  await copyFile(file.local, target);
  await chmod(target, needed);
}
