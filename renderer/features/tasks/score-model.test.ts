import { describe, expect, test } from 'vitest';
import type { OfferView, TaskView } from '#schemas';
import { attemptsOf, choiceReason, scoredOffers, scoreParts } from './score-model.ts';

const offer = (device: string, score: number, atMs: number, chosen = false): OfferView => ({
  nodeId: device.padEnd(64, '0'),
  device,
  score,
  parts: { resources: 1, network: 0.5, load: 0.5, specialisation: 0.25, reliability: 0.6 },
  atMs,
  chosen,
});
const timeline = (
  ...steps: [TaskView['timeline'][number]['state'], number, (string | undefined)?, string?][]
) =>
  steps.map(([state, atMs, device, note]) => ({
    state,
    atMs,
    ...(device ? { device } : {}),
    ...(note ? { note } : {}),
  }));

test('the weights are those of the specification and make one whole', () => {
  expect(scoreParts.map(({ weight }) => weight)).toEqual([0.3, 0.25, 0.2, 0.15, 0.1]);
  expect(scoreParts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
});

test('the bars of an offer add up to its score', () => {
  const [first] = scoredOffers({ offers: [offer('VP1', 0.6225, 5)], timeline: [] });
  const sum = first?.segments.reduce((all, { adds }) => all + adds, 0);
  expect(sum).toBeCloseTo(0.6225);
});

describe('the choice', () => {
  const steps = timeline(['queued', 0], ['offering', 3], ['starting', 20, 'VP2'], ['acknowledged', 90]);

  test('a good offer ends the wait, a better one that comes later is a spare', () => {
    const task = {
      from: 'VP1',
      offers: [offer('VP3', 0.9, 40), offer('VP2', 0.85, 19, true)],
      timeline: steps,
    };
    expect(scoredOffers(task).map(({ who, attempts }) => [who, attempts])).toEqual([
      ['VP2', [1]],
      ['VP3', []],
    ]);
    expect(choiceReason(task)).toBe(
      'VP2 scored 0.85: an offer of 0.80 or more ends the wait at once, here after 20 ms. VP3 scored higher but came later, and is a spare.',
    );
  });

  test('the requester steps back for others, however good it is', () => {
    const task = { from: 'VP1', offers: [offer('VP1', 0.9, 4), offer('VP2', 0.7, 8, true)], timeline: steps };
    expect(choiceReason(task)).toBe(
      'VP2 was the best of 2 offers when the wait was over, after 20 ms. VP1 itself runs it only when no other phone offers.',
    );
  });

  test('the only offer, the requester alone, and nothing chosen yet', () => {
    expect(choiceReason({ from: 'VP1', offers: [offer('VP2', 0.5, 8, true)], timeline: steps })).toMatch(
      /only phone that offered/,
    );
    const own = timeline(['queued', 0], ['starting', 1000, 'VP1']);
    expect(choiceReason({ from: 'VP1', offers: [offer('VP1', 0.5, 8, true)], timeline: own })).toMatch(
      /runs it itself/,
    );
    expect(choiceReason({ from: 'VP1', offers: [], timeline: timeline(['queued', 0]) })).toBeUndefined();
  });
});

test('attempts say who, from when to when, and why they were given up', () => {
  const steps = timeline(
    ['queued', 0],
    ['offering', 1],
    ['starting', 10, 'VP2'],
    ['running', 20, 'VP2'],
    ['offering', 300, undefined, 'silent for 3000 ms'],
    ['starting', 301, 'VP3', 'attempt 2'],
    ['acknowledged', 400, 'VP3'],
  );
  expect(attemptsOf({ timeline: steps })).toEqual([
    { number: 1, device: 'VP2', fromMs: 10, toMs: 300, gaveUp: 'silent for 3000 ms' },
    { number: 2, device: 'VP3', fromMs: 301, toMs: 400, gaveUp: undefined },
  ]);
});
