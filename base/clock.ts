// Time as a port: cores take a Clock, adapters give them the system's, simulators their own.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #ms: number;
  constructor(startMs = 0) {
    this.#ms = startMs;
  }
  now(): number {
    return this.#ms;
  }
  monotonic(): number {
    return this.#ms;
  }
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`a clock can't go back: ${ms}`);
    this.#ms += ms;
  }
}
