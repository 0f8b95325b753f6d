// The real machine boots and says what it is; however its run ends, QEMU and its folder are gone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { loadToolchain } from '#lab/toolchain';
import { file } from './cpio.ts';
import { initialRoot } from './initial-root.ts';
import { runJobs } from './jobs.ts';
import { startMachine } from './machine.ts';
import { findMachineFiles } from './machine-files.ts';

const files = findMachineFiles(loadToolchain());
const memoryMb = 512;
/** Runs until it is switched off. */
const idle = initialRoot(files, ['/bin/sh', '-c', 'echo up; exec sleep 1000']);
const machine = (root = idle, onLine: (line: string) => void = () => {}, signal?: AbortSignal) =>
  startMachine({ files, root, memoryMb, processors: 1, onLine, signal });

/** Of machines that others run at the same time nothing is known. */
const before = process.env.TMPDIR;
const own = mkdtempSync(join(tmpdir(), 'abhaya-machine-'));
beforeAll(() => {
  process.env.TMPDIR = own;
});
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(own, { recursive: true });
});
const folders = () => readdirSync(own).filter((name) => name.startsWith('abhaya-arm64-'));
const gone = (pid: number) =>
  poll(() => (existsSync(`/proc/${pid}`) ? undefined : true), {
    everyMs: 20,
    timeoutMs: 30_000,
    what: `the end of ${pid}`,
  });

test('jobs run beside each other, and what they print comes out', async () => {
  const sh = (name: string, script: string) => ({ name, command: ['/bin/sh', '-c', script] as const });
  const { ends, uptime } = await runJobs({
    files,
    memoryMb: 1024,
    lanes: [
      [sh('machine', 'uname -m; cat /machine/own'), sh('failing', 'echo no >&2; exit 7')],
      [sh('killed', 'kill -9 $$')],
    ],
    own: [file('machine/own', 'a file of ours\n')],
  });
  expect(ends.get('machine')).toMatchObject({ lines: ['aarch64', 'a file of ours'], code: 0, words: '' });
  expect(ends.get('failing')).toMatchObject({ lines: [], code: 7, words: 'no\n' });
  expect(ends.get('killed')).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(uptime).toBeGreaterThan(0);
  expect(folders()).toEqual([]);
});

test('it is switched off on request and on abort, and leaves nothing', async () => {
  const one = await machine();
  await one.close();
  await one.close(); // twice is harmless
  expect(existsSync(`/proc/${one.pid}`)).toBe(false);

  const stop = new AbortController();
  const other = await machine(idle, () => stop.abort(), stop.signal); // as soon as it is up
  await expect(other.ended).rejects.toMatchObject({ code: 'cancelled' });
  expect(existsSync(`/proc/${other.pid}`)).toBe(false);
  expect(folders()).toEqual([]);
});

test('a program that can not be started ends the machine, and the console says why', async () => {
  const { ended } = await machine(initialRoot(files, ['/nowhere']));
  expect((await ended).console).toContain('/nowhere: No such file');
});

test.each([
  ['is silent', 'echo up; exec sleep 1000', { silenceMs: 5_000, longestMs: 600_000 }, /said nothing for 5 s/],
  [
    'never ends',
    'while :; do echo x; sleep 1; done',
    { silenceMs: 600_000, longestMs: 5_000 },
    /not done after 5 s/,
  ],
])('one that %s is ended, and leaves nothing', async (_what, script, patience, said) => {
  const root = initialRoot(files, ['/bin/sh', '-c', script]);
  const { ended, pid } = await startMachine({
    ...{ files, root, memoryMb, patience },
    processors: 1,
    onLine: () => {},
  });
  await expect(ended).rejects.toMatchObject({
    ...{ code: 'timeout', message: expect.stringMatching(said) },
    details: { console: expect.any(String) },
  });
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  expect(folders()).toEqual([]);
});

test('a line without an end is too much', async () => {
  const endless = initialRoot(files, [
    '/bin/sh',
    '-c',
    'while :; do echo -n xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
  ]);
  const what = { files, root: endless, memoryMb, processors: 1, onLine: () => {}, lineBytes: 10_000 };
  const { ended, pid } = await startMachine(what);
  await expect(ended).rejects.toMatchObject({ code: 'wire.too-large' });
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

test('QEMU dies with a parent that is killed', async () => {
  const script = join(import.meta.dirname, 'testing/start-idle.ts');
  const parent = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const early = once(parent, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`)));
  early.catch(() => {});
  const [chunk] = await Promise.race([once(parent.stdout, 'data'), early]);
  const pid = Number(String(chunk));
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  parent.kill('SIGKILL');
  await gone(pid);
  expect(folders()).toEqual([]);
});
