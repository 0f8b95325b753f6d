// The counter that numbers everything a node signs: about its own milliseconds, and never back.
// So others can judge age by one origin's numbers without trusting anybody's clock.

export class Sequence {
  readonly #offset: number;
  #last = 0;

  /** startMs: wall clock as the node starts, so that a restarted node counts on above its earlier life. */
  constructor(startMs: number, monotonicNow: number) {
    this.#offset = Math.floor(startMs - monotonicNow);
  }

  next(monotonicNow: number): number {
    this.#last = Math.max(this.#last + 1, this.#offset + Math.floor(monotonicNow));
    return this.#last;
  }

  /** A higher number of ours came back from the mesh (an earlier life with a later clock): go on above it. */
  raise(seen: number): void {
    if (seen > this.#last && seen < Number.MAX_SAFE_INTEGER / 2) this.#last = seen;
  }

  get last(): number {
    return this.#last;
  }
}
