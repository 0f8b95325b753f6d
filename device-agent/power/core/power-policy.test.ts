import { describe, expect, test } from 'vitest';
import type { PowerPolicy } from '#schemas';
import {
  defaultPolicy,
  effectOf,
  gatesAfter,
  limitsOf,
  openGates,
  type PowerGates,
  type PowerReading,
} from './power-policy.ts';

const well: PowerReading = { batteryPercent: 80, charging: false, thermal: 0 };
const policy = (changes: Partial<PowerPolicy> = {}): PowerPolicy => ({
  ...defaultPolicy('flagship'),
  ...changes,
});

/** What a phone with the policy takes after each reading, one every ten seconds. */
function story(rules: PowerPolicy, readings: readonly Partial<PowerReading>[]): string[] {
  let gates: PowerGates = openGates;
  return readings.map((changes, i) => {
    const reading = { ...well, ...changes };
    gates = gatesAfter(gates, rules, reading, i * 10_000);
    return effectOf(gates, rules, reading, i * 10_000).takes;
  });
}
const effect = (rules: PowerPolicy, changes: Partial<PowerReading> = {}) => {
  const reading = { ...well, ...changes };
  return effectOf(gatesAfter(openGates, rules, reading, 0), rules, reading, 0);
};

test('a phone that is well takes everything, for no reason', () => {
  expect(effect(policy())).toEqual({ takes: 'all', reasons: [] });
});

test('a phone that is switched off takes nothing, and says whose word that is', () => {
  const { takes, reasons } = effect(policy({ participation: false }));
  expect(takes).toBe('none');
  expect(reasons).toEqual(['the owner of this phone has switched its participation off']);
});

test('charging only follows the charger', () => {
  expect(story(policy({ chargingOnly: true }), [{}, { charging: true }, {}])).toEqual([
    'none',
    'all',
    'none',
  ]);
});

test('power saving leaves essential services, whatever the battery', () => {
  expect(effect(policy({ powerSaving: true }), { charging: true, batteryPercent: 100 }).takes).toBe(
    'essential',
  );
});

describe('two thresholds', () => {
  test('the battery pauses below 20 % and counts again from 25 %, or on a charger', () => {
    const levels = [20, 19, 20, 24, 25, 24, 20].map((batteryPercent) => ({ batteryPercent }));
    const says = ['all', 'essential', 'essential', 'essential', 'all', 'all', 'all'];
    expect(story(policy(), levels)).toEqual(says);
    const plugged = { batteryPercent: 5, charging: true };
    expect(story(policy(), [{ batteryPercent: 5 }, plugged])).toEqual(['essential', 'all']);
  });

  test('a floor of 0 is none', () => {
    expect(effect(policy({ batteryFloorPercent: 0 }), { batteryPercent: 0 }).takes).toBe('all');
    expect(limitsOf(policy({ batteryFloorPercent: 0 })).battery).toBeUndefined();
  });

  test('heat stops at the limit and lets go two steps below', () => {
    const steps = (rules: PowerPolicy) =>
      story(
        rules,
        [0, 1, 2, 3, 4, 3, 2, 1, 0].map((thermal) => ({ thermal })),
      ).map((takes) => takes === 'all');
    const [y, n] = [true, false];
    expect(steps(policy({ thermalSensitivity: 50 }))).toEqual([y, y, y, y, n, n, y, y, y]);
    expect(steps(policy({ thermalSensitivity: 70 }))).toEqual([y, y, y, n, n, n, n, y, y]);
    expect(steps(policy({ thermalSensitivity: 90 }))).toEqual([y, y, n, n, n, n, n, n, y]);
    expect(steps(policy({ thermalSensitivity: 90, thermalProtection: false }))).toEqual(
      steps(policy({ thermalSensitivity: 50 })),
    );
  });

  test('profiles differ in how soon heat stops them', () => {
    const from = (['flagship', 'mid-range', 'budget'] as const).map(
      (profile) => limitsOf(defaultPolicy(profile)).heat.stopsFrom,
    );
    expect(from).toEqual([4, 3, 2]);
  });
});

describe('flapping', () => {
  const flaps = [{}, { charging: true }, {}, { charging: true }, {}];
  const rules = policy({ chargingOnly: true });

  test('the third stop within five minutes is held for five, and says so', () => {
    const charged = Array.from({ length: 31 }, () => ({ charging: true }));
    const takes = story(rules, [...flaps, ...charged]).slice(flaps.length);
    // The hold began with the last of the flaps: 29 readings at ten seconds stay shut, the 30th opens.
    expect(takes.indexOf('all')).toBe(29);
    let gates: PowerGates = openGates;
    flaps.forEach((changes, i) => {
      gates = gatesAfter(gates, rules, { ...well, ...changes }, i);
    });
    expect(effectOf(gates, rules, well, flaps.length).reasons[0]).toContain('held for five minutes');
  });

  test('stops that are far apart are not flapping', () => {
    let gates: PowerGates = openGates;
    for (const [i, charging] of [false, true, false, true, false, true].entries())
      gates = gatesAfter(gates, rules, { ...well, charging }, i * 200_000);
    expect(gates.charger.shut).toBe(false);
  });
});
