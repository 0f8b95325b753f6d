// What is remembered of others' services: bounded, nearest first, and it ages.

import { describe, expect, it } from 'vitest';
import { messageSamples } from '../../../schemas/messages/samples.ts';
import { MetadataCache } from './metadata-cache.ts';

const [sample] = messageSamples.service_response.services;
if (!sample) throw new Error('no sample');
const card = (n: number) => ({
  ...sample,
  key: { ...sample.key, manifestSha256: n.toString(16).padStart(64, '0') },
});
const id = (n: number) => card(n).key.manifestSha256;

function cache(options: { maxServices?: number; maxSources?: number; maxAgeMs?: number } = {}) {
  const distances = new Map<string, number>();
  const it = new MetadataCache({ ...options, distance: (nodeId) => distances.get(nodeId) ?? 100 });
  const names = (n: number, now: number) => it.get(id(n), now)?.sources.map(({ nodeId }) => nodeId);
  return { it, distances, names };
}

describe('the metadata cache', () => {
  it('puts near sources first, and follows route changes', () => {
    const { it: kept, distances, names } = cache();
    distances.set('far', 50).set('near', 5);
    kept.heard(card(1), 'far', 0);
    kept.heard(card(1), 'near', 1);
    expect(names(1, 2)).toEqual(['near', 'far']);
    distances.set('far', 1);
    expect(names(1, 2)).toEqual(['far', 'near']);
  });

  it('re-ranks by observed transfers', () => {
    const { it: kept, distances, names } = cache();
    distances.set('a', 10).set('b', 12);
    kept.heard(card(1), 'a', 0);
    kept.heard(card(1), 'b', 0);
    kept.transferred(id(1), 'b', 20_000);
    expect(names(1, 1)).toEqual(['b', 'a']);
    kept.transferred(id(1), 'b', 10);
    expect(names(1, 1)).toEqual(['a', 'b']);
  });

  it('keeps the nearest sources only, and the services used last', () => {
    const { it: kept, distances, names } = cache({ maxServices: 2, maxSources: 2 });
    distances.set('a', 3).set('b', 1).set('c', 2);
    for (const source of ['a', 'b', 'c']) kept.heard(card(1), source, 0);
    expect(names(1, 0)).toEqual(['b', 'c']);
    kept.heard(card(2), 'a', 0);
    names(1, 0); // used: now 2 is the one that goes
    kept.heard(card(3), 'a', 0);
    expect(names(1, 0)).toBeDefined();
    expect(names(2, 0)).toBeUndefined();
  });

  it('shows its age, and forgets what is too old, failed or gone', () => {
    const { it: kept, names } = cache({ maxAgeMs: 1000 });
    kept.heard(card(1), 'a', 0);
    kept.heard(card(1), 'b', 600);
    expect(kept.get(id(1), 900)?.ageMs).toBe(300);
    expect(names(1, 1500)).toEqual(['b']);
    expect(names(1, 1700)).toBeUndefined();
    kept.heard(card(1), 'a', 2000);
    kept.heard(card(1), 'b', 2000);
    kept.forget(id(1), 'a');
    expect(names(1, 2000)).toEqual(['b']);
    kept.gone('b');
    expect(names(1, 2000)).toBeUndefined();
    expect(kept.find(() => true, 2000)).toEqual([]);
  });

  it("a later liar can't rewrite an honest card", () => {
    const { it: kept } = cache();
    kept.heard(card(1), 'a', 0);
    kept.heard({ ...card(1), serviceName: 'Evil' }, 'b', 1);
    expect(kept.get(id(1), 2)?.card.serviceName).toBe('Word count');
  });
});
