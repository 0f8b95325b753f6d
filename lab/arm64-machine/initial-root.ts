// The machine's first and only root: what Linux and a phone have, and what the caller adds. All of it is in memory.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CpioEntry, file, folder, link } from './cpio.ts';
import type { MachineFiles, Placed } from './machine-files.ts';

/** Names of toybox that programs expect at their usual places. */
const commands = ['cat', 'echo', 'env', 'ls', 'mkdir', 'rm', 'sleep', 'true', 'uname'];

/** @param start the program that the machine is for, with its arguments; when it ends, the machine is switched off */
export function initialRoot(
  files: MachineFiles,
  start: readonly string[],
  own: readonly CpioEntry[] = [],
): CpioEntry[] {
  return [
    ...['dev', 'proc', 'sys', 'tmp', 'mnt', 'root', 'data', 'etc'].map((name) => folder(name)),
    file('init', readFileSync(files.init), 0o755),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    file('etc/hosts', '127.0.0.1 localhost machine\n'),
    file('etc/hostname', 'machine\n'), // as machine-init names it
    file('machine/start', lines(start)),
    file('machine/modules', lines(files.modules.map(({ to }) => `/${to}`))),
    ...placed([...files.modules, ...files.system]),
    ...commands.map((name) => link(`bin/${name}`, 'toybox')),
    link('bin/sh', 'mksh'),
    ...own,
  ];
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

export const placed = (files: readonly Placed[]): CpioEntry[] =>
  files.map(({ from, to }) => file(to, readFileSync(from), statSync(from).mode & 0o111 ? 0o755 : 0o644));

/** Every file below a folder of this machine, at `to`. */
export const folderAt = (from: string, to: string): CpioEntry[] =>
  readdirSync(from, { withFileTypes: true }).flatMap((entry) => {
    const place = { from: join(from, entry.name), to: `${to}/${entry.name}` };
    return entry.isDirectory() ? folderAt(place.from, place.to) : placed([place]);
  });
