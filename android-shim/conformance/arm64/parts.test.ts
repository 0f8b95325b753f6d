// What phones are offered and what is attacked are two lists, which must be one.

import { expect, test } from 'vitest';
import { attackedRuntimes } from '#agent/sandbox';
import { armAbis, gate, more, nameOf } from './parts.ts';

const parts = [gate, ...more];
const works = parts.flatMap(({ lanes }) => lanes.flat());

test.each(armAbis)('on %s exactly those runtimes are offered whose attacks pass', (abi) => {
  const attacked = parts
    .filter(({ trial }) => !trial)
    .flatMap(({ lanes }) => lanes.flat())
    .flatMap((work) => (work.kind === 'attacks' && work.abi === abi ? [work.runtime] : []));
  expect([...new Set(attacked)].sort()).toEqual([...(attackedRuntimes[abi] ?? [])].sort());
});

test('shares are whole: every attack is run', () => {
  const shares = Map.groupBy(
    works.filter((work) => work.kind === 'attacks'),
    ({ abi, runtime, listener, warm }) => `${runtime} ${abi} ${listener} ${warm}`,
  );
  for (const [name, of] of shares) {
    const wanted = of.length === 1 ? [undefined] : of.map((_, i) => `${i + 1}/${of.length}`);
    expect([name, of.map(({ share }) => share)]).toEqual([name, wanted]);
  }
});

test('parts and jobs have names of their own, and an end', () => {
  const names = [...works.map(nameOf), ...[gate, ...more].map(({ name }) => name)];
  expect(new Set(names).size).toBe(names.length);
  for (const { patience } of [gate, ...more]) expect(patience.silenceMs).toBeLessThan(patience.longestMs);
});
