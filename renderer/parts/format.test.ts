import { expect, test } from 'vitest';
import { bytes, duration } from './format.ts';

test.each([
  [0, '0 ms'],
  [999.6, '1.00 s'],
  [9_994, '9.99 s'],
  [9_996, '10.0 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [3_600_000, '60 min 0 s'],
])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

test('bytes have the unit that fits', () => {
  expect([bytes(0), bytes(999), bytes(1_500), bytes(268_435_456)]).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '268 MB',
  ]);
});
