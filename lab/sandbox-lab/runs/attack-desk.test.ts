import { expect, test } from 'vitest';
import { AbhayaError, poll, silentLogger, systemClock } from '#base';
import type { SandboxAttackView } from '#schemas';
import type { AttackReport, AttackResult } from '../attacks/index.ts';
import { type AttackDeskOptions, createAttackDesk } from './attack-desk.ts';

const result = (name: string, more: Partial<AttackResult> = {}): AttackResult => ({
  ...{ name, control: 'ok', outcome: 'denied', reported: true, reason: 'syscall-denied', ms: 1, exitCode: 0 },
  ...more,
});
const report = (runtime: 'native' | 'jvm', attacks: AttackResult[], escapes = 0): AttackReport => ({
  ...{ runtime, arch: 'x86_64', kernel: '6', attacks, escapes, unreported: 0, failedControls: 0 },
});

function desk(attack: AttackDeskOptions['attack'], runtimes = ['native', 'jvm']) {
  const told: SandboxAttackView[] = [];
  const made = createAttackDesk({
    ...{ runtimes, attack, clock: systemClock, logger: silentLogger, emit: (view) => told.push(view) },
  });
  const ended = () =>
    poll(() => (made.running ? undefined : made.view), { everyMs: 2, timeoutMs: 10_000, what: 'the end' });
  return { made, told, ended };
}

test('every runtime is attacked; one that is not offered is said, and is no failure', async () => {
  const { made, told, ended } = desk(async (runtime, { onResult }) => {
    if (runtime === 'jvm') throw new AbhayaError('sandbox.unavailable', 'no Java here');
    onResult?.(result('openat'), 1, 2);
    return report(
      'native',
      [result('openat'), result('socket', { outcome: 'escaped', problem: 'it did' })],
      1,
    );
  });
  expect(made.view.state).toBe('never');
  made.start({});
  expect(() => made.start({})).toThrow(expect.objectContaining({ code: 'conflict' }));
  const view = await ended();
  expect(view).toMatchObject({
    state: 'done',
    reports: [{ runtime: 'native', escapes: 1, attacks: [{ name: 'openat' }, { outcome: 'escaped' }] }],
    notOffered: [{ runtime: 'jvm', why: 'no Java here' }],
  });
  expect(view.progress).toBeUndefined();
  expect(told.map(({ state, progress }) => [state, progress?.attack])).toEqual([
    ['running', undefined],
    ['running', 'openat'],
    ['done', undefined],
  ]);
});

test('what went wrong otherwise is never a pass', async () => {
  const { made, ended } = desk(async (runtime) => {
    if (runtime === 'jvm') throw new AbhayaError('sandbox.supervisor-died', 'the launcher died');
    return report('native', [result('openat')]);
  });
  made.start({});
  expect(await ended()).toMatchObject({ state: 'failed', problem: { message: 'jvm: the launcher died' } });
});

test('a cancelled attack ends, and the next one begins anew', async () => {
  let hang = true;
  const { made, ended } = desk(async (_runtime, { signal }) => {
    if (!hang) return report('native', []);
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new AbhayaError('cancelled', 'cancelled')));
    });
  });
  made.start({ runtimes: ['native'] });
  expect(await made.cancel()).toMatchObject({ state: 'cancelled', reports: [] });
  hang = false;
  made.start({ runtimes: ['native'] });
  expect(await ended()).toMatchObject({ state: 'done' });
  expect(() => made.start({ runtimes: ['cobol'] })).toThrow(expect.objectContaining({ code: 'not-found' }));
});
