// Which sequence numbers of a channel have been used: a sliding window, older numbers count as used.

const WINDOW = 1_024;

export class ReplayWindow {
  #top = -1;
  readonly #seen = new Set<number>();

  has(sequence: number): boolean {
    return sequence <= this.#top - WINDOW || this.#seen.has(sequence);
  }

  /** Only for sequence numbers of messages that were proven genuine. */
  add(sequence: number): void {
    this.#seen.add(sequence);
    if (sequence <= this.#top) return;
    this.#top = sequence;
    if (this.#seen.size <= WINDOW * 2) return;
    for (const old of this.#seen) if (old <= this.#top - WINDOW) this.#seen.delete(old);
  }
}
