import { describe, expect, test } from 'vitest';
import { stateOf } from './phone-facts.ts';

describe("a phone's state", () => {
  test.each([
    ['absent', 'starting', 'none', 'starting'],
    ['absent', undefined, 'none', 'unplugged'],
    ['absent', 'failed', 'none', 'failed'],
    ['device', 'unplugged', 'running', 'unplugged'],
    ['offline', undefined, 'running', 'offline'],
    ['unauthorized', 'starting', 'none', 'unauthorized'],
    ['recovery', undefined, 'none', 'recovery'],
    ['device', undefined, 'none', 'ready'],
    ['device', undefined, 'deploying', 'deploying'],
    ['device', 'starting', 'running', 'running'],
  ] as const)('adb %s, outside %s, agent %s: %s', (adb, outside, phase, state) => {
    expect(stateOf(adb, outside, phase)).toBe(state);
  });
});
