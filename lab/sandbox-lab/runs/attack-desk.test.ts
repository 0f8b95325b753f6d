import { expect, test } from 'vitest';
import { AbhayaError, poll, silentLogger, systemClock } from '#base';
import { attackSummary, type SandboxAttackRun, type SandboxAttackView } from '#schemas';
import type { AttackReport, AttackResult } from '../attacks/index.ts';
import { type AttackPlace, createAttackDesk } from './attack-desk.ts';

const result = (name: string, more: Partial<AttackResult> = {}): AttackResult => ({
  ...{ name, control: 'ok', outcome: 'denied', reported: true, reason: 'syscall-denied', ms: 1, exitCode: 0 },
  ...more,
});
const report = (runtime: 'native' | 'jvm', attacks: AttackResult[], escapes = 0): AttackReport => ({
  ...{ runtime, arch: 'x86_64', kernel: '6', attacks, escapes, unreported: 0, failedControls: 0 },
});

function desk(attack: AttackPlace['attack'], { keeps = true } = {}) {
  const told: SandboxAttackView[] = [];
  const kept = new Map<string, SandboxAttackRun>();
  const opened: string[] = [];
  let open = 0;
  const made = createAttackDesk({
    runtimes: ['native', 'jvm'],
    async open(place) {
      if (place === 'GONE') throw new AbhayaError('device.offline', 'it is gone');
      opened.push(place);
      open += 1;
      const close = async () => {
        open -= 1;
      };
      return { attack, close };
    },
    store: {
      async save(run) {
        if (!keeps) throw new AbhayaError('history.unavailable', 'the disk is full');
        kept.set(run.runId, run);
      },
      list: async () => [...kept.values()].reverse().map(attackSummary),
      get: async (runId) => kept.get(runId),
      remove: async (runId) => kept.delete(runId),
    },
    ...{ clock: systemClock, logger: silentLogger, emit: (view) => told.push(view) },
  });
  const ended = () =>
    poll(() => (made.running ? undefined : made.view), { everyMs: 2, timeoutMs: 10_000, what: 'the end' });
  return { made, told, ended, kept, opened, left: () => open };
}

test('every runtime is attacked; one that is not offered is said, and is no failure', async () => {
  const { made, told, ended, kept, opened, left } = desk(async (runtime, { onResult }) => {
    if (runtime === 'jvm') throw new AbhayaError('sandbox.unavailable', 'no Java here');
    onResult(result('openat'), 1, 2);
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
  expect([...kept.values()]).toEqual([view]);
  expect([opened, left()]).toEqual([['local'], 0]);
});

test('attacks are kept, listed, compared and forgotten', async () => {
  let socket: AttackResult['outcome'] = 'denied';
  const { made, ended } = desk(async () =>
    report('native', [result('openat'), result('socket', { outcome: socket })]),
  );
  made.start({ runtimes: ['native'], place: 'VP1' });
  const { runId: a = '' } = await ended();
  socket = 'escaped';
  made.start({ runtimes: ['native'] });
  const { runId: b = '' } = await ended();
  expect(await made.list()).toMatchObject([
    { runId: b, place: 'local', reports: [{ attacks: 2, escapes: 1 }] },
    { runId: a, place: 'VP1', reports: [{ attacks: 2, escapes: 0 }] },
  ]);
  expect(await made.get(a)).toMatchObject({ reports: [{ attacks: [{ name: 'openat' }, {}] }] });
  expect(await made.compare(a, b)).toMatchObject({
    changes: [{ name: 'socket', verdict: 'worse' }],
    same: 1,
  });
  await made.remove(b);
  expect(made.view.state).toBe('never');
  expect(await made.list()).toHaveLength(1);
  for (const work of [made.get(b), made.remove(b), made.compare(a, b)])
    await expect(work).rejects.toMatchObject({ code: 'not-found' });
});

test('one that can’t be kept is still listed, until the next one', async () => {
  const { made, ended } = desk(async () => report('native', [result('openat')]), { keeps: false });
  made.start({ runtimes: ['native'] });
  const { runId = '' } = await ended();
  expect(await made.list()).toMatchObject([{ runId }]);
  expect(await made.get(runId)).toMatchObject({ state: 'done' });
});

test('a place that is not there fails the attack, and nothing is left open', async () => {
  const { made, ended, left } = desk(async () => report('native', []));
  made.start({ place: 'GONE' });
  expect(await ended()).toMatchObject({ state: 'failed', problem: { code: 'device.offline' } });
  expect(left()).toBe(0);
});

test('a name that is one runtime’s only is no failure; one that nobody has is', async () => {
  const { made, ended } = desk(async (runtime, { names }) => {
    if (runtime === 'native' && names?.includes('openat')) return report('native', [result('openat')]);
    throw new AbhayaError('input.invalid', 'no such attack');
  });
  made.start({ attacks: ['openat'] });
  expect(await ended()).toMatchObject({ state: 'done', reports: [{ runtime: 'native' }] });
  made.start({ attacks: ['nothing'] });
  expect(await ended()).toMatchObject({ state: 'failed', problem: { code: 'not-found' } });
});

test('what was found before it was broken off is kept, and said to be a part', async () => {
  const { made, ended } = desk(async (_runtime, { onOpen, onResult, signal }) => {
    onOpen({ arch: 'x86_64', kernel: '6' });
    onResult(result('openat', { outcome: 'escaped' }), 1, 2);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new AbhayaError('cancelled', 'cancelled')));
    });
  });
  made.start({ runtimes: ['native'] });
  await poll(() => made.view.progress, { everyMs: 2, timeoutMs: 10_000, what: 'progress' });
  expect(made.view.progress).toMatchObject({ done: 1, total: 2, wrong: 1 });
  void made.cancel();
  expect(await ended()).toMatchObject({ state: 'cancelled', reports: [{ escapes: 1, partial: true }] });
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
      signal.addEventListener('abort', () => reject(new AbhayaError('cancelled', 'cancelled')));
    });
  });
  made.start({ runtimes: ['native'] });
  expect(await made.cancel()).toMatchObject({ state: 'cancelled', reports: [] });
  hang = false;
  made.start({ runtimes: ['native'] });
  expect(await ended()).toMatchObject({ state: 'done' });
  expect(() => made.start({ runtimes: ['cobol'] })).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('one that the lab host did not live to end is kept as such, and nowhere else while it runs', async () => {
  const { made, kept } = desk(() => new Promise(() => undefined));
  const { runId = '' } = made.start({});
  const begun = () => Promise.resolve(kept.get(runId));
  const found = await poll(begun, { everyMs: 2, timeoutMs: 10_000, what: 'the begun one' });
  expect(found).toMatchObject({ state: 'failed', problem: { code: 'closed' } });
  expect(await made.list()).toEqual([]);
  await expect(made.get(runId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(made.remove(runId)).rejects.toMatchObject({ code: 'conflict' });
});

test('a phone that went away ends the attack in its own words', async () => {
  const { made, ended } = desk(async () => {
    throw new AbhayaError('device.lost', 'VP1 went away');
  });
  made.start({ place: 'VP1' });
  expect((await ended()).problem).toEqual({ code: 'device.lost', message: 'VP1 went away' });
});
