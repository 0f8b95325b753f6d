// Every capture of the project has a source and a test, and the gate sees it when one hasn't.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { captureFaults, captureFolders } from './captures.mjs';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'abhaya-captures-'));
  mkdirSync(join(root, 'room/captures'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (name, text) => writeFileSync(join(root, 'room', name), text);
const faults = () => captureFolders(root).flatMap((folder) => captureFaults(folder, root));

it('finds no fault in the project, and some captures', () => {
  const folders = captureFolders(project);
  expect(folders.length).toBeGreaterThan(2);
  expect(folders.flatMap((folder) => captureFaults(folder, project))).toEqual([]);
});

it('sees a capture without a source and one without a test', () => {
  write('captures/SOURCES.md', '`phone-1.battery.txt`, `phone-2.*`');
  write('room.test.ts', "['phone-2', 'phone-3.battery.txt', 'synthetic-1.battery.txt']");
  for (const name of ['phone-1', 'phone-2', 'phone-3', 'synthetic-1', 'synthetic-2'])
    write(`captures/${name}.battery.txt`, 'level: 1');
  expect(faults()).toEqual([
    'room/captures/phone-1.battery.txt: no test reads it',
    'room/captures/phone-3.battery.txt: not in SOURCES.md',
    'room/captures/synthetic-2.battery.txt: no test reads it',
  ]);
});

it('sees texts without a SOURCES.md', () => {
  write('captures/phone-1.battery.txt', 'level: 1');
  write('room.test.ts', "'phone-1.battery.txt'");
  expect(faults()).toEqual(['room/captures/phone-1.battery.txt: not in SOURCES.md']);
});
