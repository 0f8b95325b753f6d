// The simulator's future: events in order of time, and in order of planning among equals.

export interface Planned<T> {
  readonly at: number;
  readonly order: number;
  readonly event: T;
}

export class EventQueue<T> {
  readonly #heap: Planned<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  plan(at: number, event: T): void {
    const item = { at, order: this.#order++, event };
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = heap[up] as Planned<T>;
      if (!sooner(item, parent)) break;
      heap[index] = parent;
      index = up;
    }
    heap[index] = item;
  }

  next(): Planned<T> | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child =
        right < heap.length && sooner(heap[right] as Planned<T>, heap[left] as Planned<T>) ? right : left;
      if (!sooner(heap[child] as Planned<T>, last)) break;
      heap[index] = heap[child] as Planned<T>;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}

const sooner = (a: Planned<unknown>, b: Planned<unknown>): boolean =>
  a.at !== b.at ? a.at < b.at : a.order < b.order;
