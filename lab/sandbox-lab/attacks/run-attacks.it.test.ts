// The engine against planted faults: a sandbox that fails must not look like one that holds.

import { expect, test } from 'vitest';
import { loadToolchain } from '#lab/toolchain';
import { findAttackFiles } from './attack-files.ts';
import type { AttackRow, AttackSuite } from './attack-suite.ts';
import { nativeAttacks } from './native.ts';
import { isClean, runAttacks } from './run-attacks.ts';

const files = findAttackFiles(loadToolchain());

/** The native suite with rows of ours in the place of its own. */
const planted = (changed: Partial<AttackRow> & { attempt: string }): AttackSuite => ({
  ...nativeAttacks,
  rows: (arch) =>
    nativeAttacks.rows(arch).map((row) => (row.attempt === changed.attempt ? { ...row, ...changed } : row)),
});

const run = (suite: AttackSuite, attempt: string) =>
  runAttacks(suite, { files, only: (name) => name === attempt });

test('what holds is clean', async () => {
  const report = await run(nativeAttacks, 'open-file');
  expect(report).toMatchObject({ escapes: 0, unreported: 0, failedControls: 0 });
  expect(isClean(report)).toBe(true);
});

test('a program that gets what it wants has escaped', async () => {
  const suite = planted({ attempt: 'success', reason: 'syscall-denied', syscall: 'openat' });
  const report = await run(suite, 'success');
  expect(report).toMatchObject({ escapes: 1, unreported: 1, failedControls: 0 });
  expect(isClean(report)).toBe(false);
});

test('a call that is named wrongly is not reported', async () => {
  const report = await run(planted({ attempt: 'open-file', syscall: 'read' }), 'open-file');
  expect(report).toMatchObject({ escapes: 0, unreported: 1, failedControls: 0 });
  expect(report.attacks[0]?.problem).toBe('the call was "openat"');
});

test('an attack that can not be done outside proves nothing', async () => {
  const suite: AttackSuite = { ...nativeAttacks, outside: () => ['/bin/false'] };
  const report = await run(suite, 'open-file');
  expect(report).toMatchObject({ escapes: 0, unreported: 0, failedControls: 1 });
});

test('shares are together all of them', async () => {
  const only = (name: string) => name.startsWith('open-');
  const names = async (share?: { part: number; of: number }) =>
    (await runAttacks(nativeAttacks, { files, only, share })).attacks.map(({ name }) => name);
  const [all, first, second] = [
    await names(),
    await names({ part: 1, of: 2 }),
    await names({ part: 2, of: 2 }),
  ];
  expect(first.length).toBeGreaterThan(0);
  expect([...first, ...second].sort()).toEqual(all.sort());
});

test('rows and programs that differ', async () => {
  const suite = { ...nativeAttacks, attempts: async () => ['open-file'] };
  await expect(run(suite, 'open-file')).rejects.toMatchObject({ code: 'host.setup' });
});

test('a runtime that is not built is not offered, and an attack that it has not is told at once', async () => {
  const python: AttackSuite = {
    ...nativeAttacks,
    runtime: 'python',
    launcher: () => ({ program: '/none', arguments: [] }),
  };
  const without = { ...files, runtimes: {} };
  await expect(runAttacks(python, { files: without })).rejects.toMatchObject({ code: 'sandbox.unavailable' });
  const asked = { ...files, runtimes: { python: '/none' } };
  await expect(runAttacks(python, { files: asked, only: () => false })).rejects.toMatchObject({
    code: 'input.invalid',
  });
});

test('a launcher that is none', async () => {
  const suite = { ...nativeAttacks, launcher: () => ({ program: '/bin/false', arguments: [] }) };
  await expect(run(suite, 'open-file')).rejects.toMatchObject({ code: 'sandbox.unavailable' });
  const missing = { ...nativeAttacks, launcher: () => ({ program: '/none', arguments: [] }) };
  await expect(run(missing, 'open-file')).rejects.toMatchObject({ code: 'sandbox.unavailable' });
});

test('cancelled midway', async () => {
  const stop = new AbortController();
  const onResult = () => stop.abort();
  const running = runAttacks(nativeAttacks, { files, signal: stop.signal, onResult });
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});
