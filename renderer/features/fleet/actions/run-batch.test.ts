import { describe, expect, test } from 'vitest';
import { AbhayaError } from '#base';
import type { PhoneView } from '#schemas';
import { type Outcome, runBatch, tallyOf } from './run-batch.ts';
import { judgeOf } from './until-phone.ts';

const serials = ['A', 'B', 'C', 'D', 'E', 'F'];

/** Runs a batch and keeps each phone's last outcome. */
async function batch(
  work: (serial: string, signal: AbortSignal) => Promise<void>,
  { signal = new AbortController().signal, atOnce = 4 } = {},
) {
  const outcomes = new Map<string, Outcome>();
  await runBatch(serials, { atOnce, signal, work, onOutcome: (serial, it) => outcomes.set(serial, it) });
  return outcomes;
}

describe('a batch', () => {
  test('does it to every phone, never to more at once than may be', async () => {
    let now = 0;
    let most = 0;
    const outcomes = await batch(
      async () => {
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
      },
      { atOnce: 4 },
    );
    expect(most).toBe(4);
    expect(tallyOf(outcomes.values())).toEqual({ waiting: 0, busy: 0, done: 6, failed: 0, cancelled: 0 });
  });

  test('one that fails stops no other, and keeps its code', async () => {
    const outcomes = await batch(async (serial) => {
      if (serial === 'B') throw new AbhayaError('device.offline', 'it is gone');
    });
    expect(outcomes.get('B')).toEqual({
      state: 'failed',
      error: { code: 'device.offline', message: 'it is gone' },
    });
    expect(tallyOf(outcomes.values())).toMatchObject({ done: 5, failed: 1 });
  });

  test('cancelling begins nothing more, and what was under way is cancelled', async () => {
    const stop = new AbortController();
    const begun: string[] = [];
    const outcomes = await batch(
      async (serial, signal) => {
        begun.push(serial);
        if (serial === 'B') stop.abort();
        if (signal.aborted) throw new AbhayaError('cancelled', 'cancelled');
      },
      { signal: stop.signal, atOnce: 1 },
    );
    expect(begun).toEqual(['A', 'B']);
    expect(tallyOf(outcomes.values())).toMatchObject({ done: 1, cancelled: 5 });
  });
});

describe('waiting for a phone', () => {
  const phone = (state: PhoneView['state'], problem?: PhoneView['problem']): PhoneView => ({
    serial: 'A',
    adbSerial: 'A',
    kind: 'usb',
    state,
    ...(problem ? { problem } : {}),
  });
  const old = { code: 'agent.push-failed', message: 'yesterday' };
  const fresh = { code: 'agent.push-failed', message: 'no room' };

  test('until it runs', () => {
    const judge = judgeOf('running');
    expect([phone('ready'), phone('deploying'), phone('running')].map(judge)).toEqual([
      'wait',
      'wait',
      'done',
    ]);
  });

  test('until it runs again, which one that still runs does not', () => {
    const judge = judgeOf('running-again');
    const states = ['running', 'running', 'ready', 'deploying', 'running'] as const;
    expect(states.map((state) => judge(phone(state)))).toEqual(['wait', 'wait', 'wait', 'wait', 'done']);
  });

  test('a problem ends it, but not one from before', () => {
    const judge = judgeOf('running');
    expect([phone('ready', old), phone('deploying', old), phone('ready', fresh)].map(judge)).toEqual([
      'wait',
      'wait',
      fresh,
    ]);
  });

  test('so does a phone that is gone', () => {
    expect(judgeOf('running')(undefined)).toMatchObject({ code: 'device.lost' });
  });
});
