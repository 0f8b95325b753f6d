// A total over a counter that begins anew now and then, as an agent's counters do with every new connection.

export class Tally {
  #before = 0;
  #last = 0;

  note(count: number): void {
    if (count < this.#last) this.#before += this.#last;
    this.#last = count;
  }

  get total(): number {
    return this.#before + this.#last;
  }
}
