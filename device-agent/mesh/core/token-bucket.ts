// A token bucket on somebody else's clock.

import type { RateLimit } from './numbers.ts';

export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #at: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#at = nowMs;
  }

  /** Whether one may pass now; if so, it has. */
  take(nowMs: number): boolean {
    const since = Math.max(0, nowMs - this.#at);
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + (since * this.#limit.perSecond) / 1_000);
    this.#at = Math.max(this.#at, nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Full again: forgetting it changes nothing. */
  idle(nowMs: number): boolean {
    return this.#tokens + ((nowMs - this.#at) * this.#limit.perSecond) / 1_000 >= this.#limit.burst;
  }
}
