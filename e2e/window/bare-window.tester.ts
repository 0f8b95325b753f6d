// The peer of the app's start: an Electron window with a line of text, on the same runtime and the same display.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron } from 'playwright';
import { findProjectRoot } from '#lab/toolchain';
import { createContext } from '../../scripts/setup/context.mjs';
import { electronCommand } from '../../scripts/setup/electron.mjs';
import { openDisplay } from './display.tester.ts';

const root = findProjectRoot(import.meta.dirname);
const main = `const { app, BrowserWindow } = require('electron');
app.setPath('userData', __dirname + '/data');
app.whenReady().then(() => new BrowserWindow({ webPreferences: { sandbox: true } }).loadURL('data:text/html,<p>A line of text</p>'));
`;

/** Resolves when the line is there. */
export async function openBareWindow(): Promise<{ close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'abhaya-bare-'));
  await writeFile(path.join(folder, 'main.cjs'), main);
  const display = await openDisplay();
  const set = electronCommand(createContext({ root, env: { ...process.env, DISPLAY: display.name } }));
  const app = await _electron.launch({
    executablePath: set.command,
    args: [...set.argv, '--disable-gpu', path.join(folder, 'main.cjs')],
    env: set.env as Record<string, string>,
  });
  await (await app.firstWindow()).getByText('A line of text').waitFor();
  return {
    async close() {
      await app.close();
      await display.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
