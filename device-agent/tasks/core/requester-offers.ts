// What the requester's core knows of devices that may run the task: their offers, refusals, failures and lies.

import type { KnownOffer, RequesterOptions } from './requester-words.ts';
import type { OfferScore } from './scoring.ts';

const FAILURE_FACTOR = 0.25;
const FAILURES_PER_DEVICE = 2;

export class OfferBook {
  readonly #options: Pick<RequesterOptions, 'self' | 'selfPolicy'>;
  readonly #offers = new Map<string, { score: OfferScore; at: number; chosen: boolean; used: boolean }>();
  readonly #declines = new Map<string, string>();
  readonly #failures = new Map<string, number>();
  readonly #liars = new Set<string>();

  constructor(options: Pick<RequesterOptions, 'self' | 'selfPolicy'>) {
    this.#options = options;
  }

  get all(): KnownOffer[] {
    return [...this.#offers].map(([nodeId, { score, at, chosen }]) => ({ nodeId, score, at, chosen }));
  }

  take(from: string, score: OfferScore, now: number): void {
    const known = this.#offers.get(from);
    this.#offers.set(from, { score, at: now, chosen: known?.chosen ?? false, used: false });
  }

  decline(from: string, reason: string): void {
    this.#declines.set(from, reason);
  }

  /** Who refused and why, as words. */
  get refusals(): string[] {
    return [...this.#declines].map(([nodeId, reason]) => `${nodeId.slice(0, 8)}: ${reason}`);
  }

  worth(nodeId: string): number {
    return (this.#offers.get(nodeId)?.score.score ?? 0) * FAILURE_FACTOR ** (this.#failures.get(nodeId) ?? 0);
  }

  /** The best unused offer; devices that have failed once come last, after new offers only. */
  best(withFailed: boolean): string | undefined {
    const { self, selfPolicy } = this.#options;
    const last = (nodeId: string) => (nodeId === self && selfPolicy === 'last-resort' ? 1 : 0);
    return [...this.#offers]
      .filter(([nodeId, offer]) => {
        const failures = this.#failures.get(nodeId) ?? 0;
        if (offer.used || this.#liars.has(nodeId) || failures >= FAILURES_PER_DEVICE) return false;
        return withFailed || failures === 0;
      })
      .map(([nodeId]) => nodeId)
      .toSorted((a, b) => last(a) - last(b) || this.worth(b) - this.worth(a) || (a < b ? -1 : 1))[0];
  }

  choose(nodeId: string): void {
    const offer = this.#offers.get(nodeId);
    if (!offer) return;
    offer.used = true;
    offer.chosen = true;
  }

  /** The device had an attempt and failed. */
  failed(nodeId: string): void {
    this.#failures.set(nodeId, (this.#failures.get(nodeId) ?? 0) + 1);
  }

  lied(nodeId: string): void {
    this.#liars.add(nodeId);
    this.#offers.delete(nodeId);
  }

  isLiar(nodeId: string): boolean {
    return this.#liars.has(nodeId);
  }

  /** The device left; what was chosen stays to be shown. */
  gone(nodeId: string): void {
    const offer = this.#offers.get(nodeId);
    if (offer && !offer.chosen) this.#offers.delete(nodeId);
  }

  /** When the device offered last; 0 when it never did. */
  offeredAt(nodeId: string): number {
    return this.#offers.get(nodeId)?.at ?? 0;
  }
}
