// Whoever opens, closes: a Scope owns resources and closes them in reverse order, once.

export type Close = () => void | Promise<void>;

export class Scope {
  readonly name: string;
  readonly #closers: Close[] = [];
  readonly #controller = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Aborted as closing begins: pass it down to everything that the scope starts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** Registers a closer and returns the resource; on a closed scope the closer runs at once. */
  own<T>(resource: T, close: (resource: T) => void | Promise<void>): T {
    this.add(() => close(resource));
    return resource;
  }

  add(close: Close): void {
    if (this.#closing) {
      this.#closing = this.#closing.then(() => close());
      return;
    }
    this.#closers.push(close);
  }

  /** A scope that closes with this one, or earlier. */
  child(name: string): Scope {
    const scope = new Scope(`${this.name}/${name}`);
    const close = () => scope.close();
    this.add(close);
    scope.add(() => {
      const at = this.#closers.indexOf(close);
      if (at >= 0) this.#closers.splice(at, 1);
    });
    return scope;
  }

  /** Closes everything in reverse order; all closers run, then the first failures are thrown together. */
  close(): Promise<void> {
    this.#closing ??= this.#run();
    return this.#closing;
  }

  async #run(): Promise<void> {
    this.#controller.abort();
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1)
      throw new AggregateError(failures, `${this.name}: ${failures.length} closers failed`);
  }
}
