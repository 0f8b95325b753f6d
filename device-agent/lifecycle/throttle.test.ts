import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttle } from './throttle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first poke fires at once, a burst gives one more, and silence none', () => {
  const calls: number[] = [];
  const throttled = throttle(() => calls.push(Date.now()) * 100);
  const start = Date.now();
  for (let at = 0; at < 10; at += 1) throttled.poke();
  vi.advanceTimersByTime(1_000);
  throttled.poke();
  throttled.poke();
  throttled.stop();
  vi.advanceTimersByTime(1_000);
  expect(calls.map((at) => at - start)).toEqual([0, 100, 1_000]);
});
