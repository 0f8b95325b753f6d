// Offers explained: what each part of a score adds, which offer was taken and why (spec 04, step 4). Pure.

import type { OfferView, TaskView } from '#schemas';
import { duration } from '../../parts/format.ts';

/** As the agents score; the order is that of the bars. */
export const scoreParts = [
  { key: 'resources', name: 'Resources', weight: 0.3, means: 'free memory, battery, heat' },
  { key: 'network', name: 'Network', weight: 0.25, means: 'round trip, hops, link quality' },
  { key: 'load', name: 'Load', weight: 0.2, means: 'idle processor, free places for tasks' },
  { key: 'specialisation', name: 'Specialisation', weight: 0.15, means: 'the service is there already' },
  { key: 'reliability', name: 'Reliability', weight: 0.1, means: 'how earlier tasks went' },
] as const satisfies readonly {
  key: keyof OfferView['parts'];
  name: string;
  weight: number;
  means: string;
}[];

/** An offer this good ends the wait. */
const GOOD_ENOUGH = 0.8;

export interface ScoredOffer {
  readonly nodeId: string;
  readonly who: string;
  readonly score: number;
  readonly atMs: number;
  /** The attempts that it got, 1 the first; empty: a spare. */
  readonly attempts: readonly number[];
  readonly segments: readonly {
    readonly key: string;
    readonly name: string;
    /** Before the weight, 0..1. */
    readonly value: number;
    /** What it adds to the score. */
    readonly adds: number;
  }[];
}

export const whoOf = (offer: Pick<OfferView, 'nodeId' | 'device'>): string =>
  offer.device ?? offer.nodeId.slice(0, 8);

/** The chosen first, then by score. */
export function scoredOffers(task: Pick<TaskView, 'offers' | 'timeline'>): ScoredOffer[] {
  const tries = attemptsOf(task);
  const scored = task.offers.map((offer): ScoredOffer => {
    const who = whoOf(offer);
    const named = tries.filter(({ device }) => device === who || device === offer.nodeId);
    return {
      nodeId: offer.nodeId,
      who,
      score: offer.score,
      atMs: offer.atMs,
      // An agent from before attempts had names says only that it was chosen.
      attempts: named.length > 0 ? named.map(({ number }) => number) : offer.chosen ? [1] : [],
      segments: scoreParts.map(({ key, name, weight }) => ({
        key,
        name,
        value: offer.parts[key],
        adds: offer.parts[key] * weight,
      })),
    };
  });
  const rank = ({ attempts }: ScoredOffer) => attempts[0] ?? Number.POSITIVE_INFINITY;
  return scored.toSorted((a, b) => rank(a) - rank(b) || b.score - a.score || a.atMs - b.atMs);
}

export interface AttemptLine {
  readonly number: number;
  readonly device: string | undefined;
  readonly fromMs: number;
  /** Undefined while it lasts. */
  readonly toMs: number | undefined;
  /** Why it was given up; undefined for the one that brought the result or still goes on. */
  readonly gaveUp: string | undefined;
}

/** Each start of the task on a phone, in order. */
export function attemptsOf({ timeline }: Pick<TaskView, 'timeline'>): AttemptLine[] {
  const attempts: AttemptLine[] = [];
  for (const [at, step] of timeline.entries()) {
    if (step.state !== 'starting') continue;
    const end = timeline.slice(at + 1).find(({ state }) => ends.has(state));
    attempts.push({
      number: attempts.length + 1,
      device: step.device,
      fromMs: step.atMs,
      toMs: end?.atMs,
      gaveUp: end?.state === 'acknowledged' ? undefined : (end?.note ?? (end ? end.state : undefined)),
    });
  }
  return attempts;
}
const ends: ReadonlySet<string> = new Set(['offering', 'acknowledged', 'failed', 'cancelled', 'expired']);

/** Why the first phone got the task, in sentences; undefined before the choice. */
export function choiceReason(task: Pick<TaskView, 'offers' | 'timeline' | 'from'>): string | undefined {
  const [first] = attemptsOf(task);
  if (!first) return undefined;
  const offers = scoredOffers(task);
  const [chosen, ...others] = offers;
  if (!chosen) return 'It was started without an offer that is still known.';
  const inTime = others.filter(({ atMs }) => atMs <= first.fromMs);
  const better = others.filter(({ score }) => score > chosen.score);
  const late = better.filter(({ atMs }) => atMs > first.fromMs);
  const sentences: string[] = [];
  if (chosen.who === task.from)
    sentences.push(`${chosen.who} requested the task and runs it itself, since no other phone offered.`);
  else if (offers.length === 1)
    sentences.push(
      `${chosen.who} was the only phone that offered, and was chosen after ${duration(first.fromMs)}.`,
    );
  else if (chosen.score >= GOOD_ENOUGH)
    sentences.push(
      `${chosen.who} scored ${score(chosen.score)}: an offer of ${score(GOOD_ENOUGH)} or more ends the wait at once, here after ${duration(first.fromMs)}.`,
    );
  else if (inTime.length === 0)
    sentences.push(
      `${chosen.who} was the only one that had offered by then, after ${duration(first.fromMs)}.`,
    );
  else
    sentences.push(
      `${chosen.who} was the best of ${inTime.length + 1} offers when the wait was over, after ${duration(first.fromMs)}.`,
    );
  if (better.some(({ who, atMs }) => who === task.from && atMs <= first.fromMs))
    sentences.push(`${task.from} itself runs it only when no other phone offers.`);
  if (late.length > 0)
    sentences.push(
      `${list(late.map(({ who }) => who))} scored higher but came later, and ${late.length === 1 ? 'is a spare' : 'are spares'}.`,
    );
  return sentences.join(' ');
}

export const score = (value: number): string => value.toFixed(2);

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
