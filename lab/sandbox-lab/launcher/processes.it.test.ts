import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { answerableFor, orphansAt } from './processes.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-processes-'));
  await copyFile(process.execPath, join(folder, 'own'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * A parent whose child says its own number and waits until it is killed, a minute at most: not for the end of its stdin,
 * which Node.js closes as soon as it hears that the parent has gone.
 */
function family(detached: boolean) {
  const own = JSON.stringify(join(folder, 'own'));
  const script = `const { spawn } = require('node:child_process');
    const child = spawn(${own}, ['-e', 'console.log(process.pid); setTimeout(() => {}, 60_000)'], {
      stdio: 'inherit', detached: ${detached} });
    if (${detached}) { child.unref(); process.exit(0); }`;
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test.each([
  ['a grandchild', false],
  ['one that lost its parent and left its session', true],
])('finds %s by what it executes', async (_what, detached) => {
  const parent = family(detached);
  const exited = once(parent, 'exit');
  const [chunk] = await once(parent.stdout, 'data');
  const child = Number(String(chunk));
  if (detached) await exited;
  try {
    const found = () => answerableFor(parent.pid ?? 0, [folder]).includes(child) || undefined;
    await poll(found, { everyMs: 20, timeoutMs: 10_000, what: 'seeing it' });
    const known = orphansAt([folder]);
    expect([known.has(child), answerableFor(parent.pid ?? 0, [folder], known).includes(child)]).toEqual([
      ...[detached, !detached],
    ]);
    expect(answerableFor(parent.pid ?? 0, [join(folder, 'other')]).includes(child)).toBe(!detached);
  } finally {
    process.kill(child, 'SIGKILL');
  }
  const gone = () => (answerableFor(parent.pid ?? 0, [folder]).length === 0 ? true : undefined);
  await poll(gone, { everyMs: 20, timeoutMs: 10_000, what: 'its end' });
});
