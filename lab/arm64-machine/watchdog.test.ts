import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watch } from './watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const patience = { silenceMs: 1_000, longestMs: 10_000 };
const watched = () => {
  const said: string[] = [];
  const dog = watch('it', patience, ({ code, message }) => said.push(`${code}: ${message}`));
  return { said, dog };
};

test('silence is told once, from the start on', () => {
  const { said } = watched();
  vi.advanceTimersByTime(999);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual(['timeout: it has said nothing for 1 s']);
});

test('who speaks may go on, but not for ever', () => {
  const { said, dog } = watched();
  for (let i = 0; i < 30; i++) {
    vi.advanceTimersByTime(900);
    dog.heard();
  }
  expect(said).toEqual(['timeout: it is not done after 10 s']);
});

test('nothing is told after the end', () => {
  const { said, dog } = watched();
  dog.close();
  dog.heard();
  vi.advanceTimersByTime(20_000);
  expect(said).toEqual([]);
});
