// A program that runs in our place: its exit code is ours, our signals are its, and it does not outlive us.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya foreground '));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts us, who start `script`; the script's own notes go to <folder>/notes. */
function start(script) {
  const own = join(folder, 'own.mjs');
  const outer = join(folder, 'outer.mjs');
  const notes = join(folder, 'notes');
  writeFileSync(
    own,
    `import { appendFileSync } from 'node:fs'; const note = (t) => appendFileSync(${JSON.stringify(notes)}, t + ' ');\n${script}`,
  );
  writeFileSync(
    outer,
    `import { runInForeground } from ${JSON.stringify(new URL('./foreground.mjs', import.meta.url).href)};\nawait runInForeground(process.execPath, [${JSON.stringify(own)}]);`,
  );
  const child = spawn(process.execPath, [outer], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const noted = () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim() : '');
  return { child, ended, noted };
}

async function until(holds) {
  for (let i = 0; i < 1500 && !holds(); i++) await sleep(20);
  expect(holds()).toBe(true);
}

/** Says that it is up when it can be told to end, not before. */
const waits = `setInterval(() => {}, 1000);
  for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(s, () => { note(s); process.exit(7); });
  note('up');`;

describe('a program in our place', () => {
  it.each([0, 3, 130])('ends us with its code %d', async (code) => {
    expect(await start(`process.exit(${code})`).ended).toBe(code);
  });

  it('ends us as a shell would say when a signal ended it', async () => {
    expect(await start("process.kill(process.pid, 'SIGKILL')").ended).toBe(137);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('gets our %s once and may end in order', async (signal) => {
    const { child, ended, noted } = start(waits);
    await until(() => noted() === 'up');
    child.kill(signal);
    expect(await ended).toBe(7);
    expect(noted()).toBe(`up ${signal}`);
  });

  it('is told to end when we are killed outright', async () => {
    const { child, ended, noted } = start(waits);
    await until(() => noted() === 'up');
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    await until(() => noted() === 'up SIGTERM');
  });
});
