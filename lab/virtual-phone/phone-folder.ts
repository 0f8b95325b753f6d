// The folder of one phone: data/ and sdcard/ (its storage), run/ (sockets and what /proc shows), sys/, root/ (empty).

import { constants } from 'node:fs';
import { chmod, chown, copyFile, link, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from './profile.ts';

export const PRELOAD_PATH = 'data/local/tmp/abhaya';

const FOLDERS: readonly (readonly [string, number])[] = [
  ['data', 0o771],
  ['data/app', 0o771],
  ['data/local', 0o751],
  ['data/local/tmp', 0o771],
  ['data/misc', 0o771],
  ['sdcard', 0o771],
  ['sdcard/Download', 0o771],
];

/** Makes what is missing; a folder of an earlier run keeps its storage. */
export async function prepareFolder(
  dir: string,
  profile: Profile,
  owner: { uid: number; gid: number } | undefined,
): Promise<void> {
  for (const name of ['run', 'root', 'sys']) await mkdir(join(dir, name), { recursive: true, mode: 0o755 });
  for (const [name, mode] of FOLDERS) {
    await mkdir(join(dir, name), { recursive: true });
    await chmod(join(dir, name), mode);
    if (owner) await chown(join(dir, name), owner.uid, owner.gid);
  }
  await writeSys(dir, profile);
  await writeFile(join(dir, 'run/cpuinfo'), await cpuinfo(profile.cores));
  await writeFile(join(dir, 'run/meminfo'), meminfoText(profile, 0.6));
}

/**
 * Puts the preload folder's files under /data/local/tmp/abhaya by hard links (copies where links can't be).
 * Returns the linked files, relative to dir: they are shared with other phones.
 */
export async function linkPreload(
  dir: string,
  preload: string,
  owner: { uid: number; gid: number } | undefined,
): Promise<string[]> {
  const shared: string[] = [];
  const visit = async (from: string, to: string): Promise<void> => {
    await mkdir(join(dir, to), { recursive: true, mode: 0o755 });
    if (owner) await chown(join(dir, to), owner.uid, owner.gid);
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const source = join(from, entry.name);
      const target = `${to}/${entry.name}`;
      if (entry.isDirectory()) await visit(source, target);
      else if (entry.isFile() && (await linkOrCopy(source, join(dir, target)))) shared.push(target);
    }
  };
  await visit(preload, PRELOAD_PATH);
  return shared;
}

async function linkOrCopy(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST')
      return (await stat(source)).ino === (await stat(target)).ino;
    // Another file system, or a kernel that lets only owners make links.
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    return false;
  }
}

/** The small part of /sys that programs read to learn about processors, battery and heat. */
async function writeSys(dir: string, profile: Profile): Promise<void> {
  const cpu = join(dir, 'sys/devices/system/cpu');
  await mkdir(cpu, { recursive: true });
  const range = `0-${profile.cores - 1}\n`;
  for (const name of ['online', 'present', 'possible']) await writeFile(join(cpu, name), range);
  for (let i = 0; i < profile.cores; i++) await mkdir(join(cpu, `cpu${i}`), { recursive: true });
  await mkdir(join(dir, 'sys/class/power_supply/battery'), { recursive: true });
  await mkdir(join(dir, 'sys/class/thermal/thermal_zone0'), { recursive: true });
}

/** Writes what /sys shows of battery and heat. */
export async function writeSensors(
  dir: string,
  values: { level: number; status: string; skin: number },
): Promise<void> {
  const battery = join(dir, 'sys/class/power_supply/battery');
  await writeFile(join(battery, 'capacity'), `${values.level}\n`);
  await writeFile(join(battery, 'status'), `${values.status}\n`);
  await writeFile(join(dir, 'sys/class/thermal/thermal_zone0/type'), 'skin\n');
  await writeFile(join(dir, 'sys/class/thermal/thermal_zone0/temp'), `${Math.round(values.skin * 1000)}\n`);
}

/** The host's processors, as many as the profile says; a host with fewer is repeated. */
async function cpuinfo(cores: number): Promise<string> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => 'processor\t: 0\n');
  const blocks = text.split('\n\n').filter((block) => block.startsWith('processor'));
  return Array.from({ length: cores }, (_, i) =>
    (blocks[i % blocks.length] ?? 'processor\t: 0').replace(/^processor(\s*): \d+/, `processor$1: ${i}`),
  )
    .map((block) => `${block}\n\n`)
    .join('');
}

/** /proc/meminfo of a phone with the profile's memory, of which the fraction `available` can be had. */
export function meminfoText(profile: Profile, available: number): string {
  const total = Math.floor(profile.memoryBytes / 1024);
  const line = (name: string, kb: number) =>
    `${`${name}:`.padEnd(16)}${String(Math.floor(kb)).padStart(8)} kB\n`;
  return (
    line('MemTotal', total) +
    line('MemFree', total * available * 0.4) +
    line('MemAvailable', total * available) +
    line('Buffers', total * 0.002) +
    line('Cached', total * available * 0.5) +
    line('SwapCached', 0) +
    line('SwapTotal', 0) +
    line('SwapFree', 0)
  );
}
