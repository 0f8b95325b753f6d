// One timer that follows a core's wakeAt(). Owns the timer; stopping twice is harmless.

import type { Clock } from '#base';

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `at` (monotonic ms) instead of before; undefined: not at all. */
  set(at: number | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (at === undefined || this.#stopped) return;
    // Timers may fire a millisecond early: the core would then find nothing to do and we would spin.
    const delay = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(at - this.#clock.monotonic())));
    this.#timer = setTimeout(() => this.#ring(), delay);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
