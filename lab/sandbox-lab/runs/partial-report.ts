// What is known of an attack that has not ended: told while it goes on, and kept when it is broken off, so that nothing
// that got out is lost.

import type { SandboxAttackReport, SandboxAttackResult } from '#schemas';

/** A report as an attack gives it. */
export interface Counted extends Omit<SandboxAttackReport, 'attacks'> {
  readonly attacks: readonly SandboxAttackResult[];
}

/** What an attack tells while it runs. */
export interface Told {
  readonly onOpen: (about: { readonly arch: string; readonly kernel: string }) => void;
  readonly onResult: (result: SandboxAttackResult, done: number, total: number) => void;
}

type Follow = (result: SandboxAttackResult, done: number, total: number, wrong: number) => void;

export const isWrongResult = ({ outcome, reported, control }: SandboxAttackResult): boolean =>
  outcome === 'escaped' || !reported || control === 'failed';

export const countWrong = (attacks: readonly SandboxAttackResult[]) => ({
  escapes: attacks.filter(({ outcome }) => outcome === 'escaped').length,
  unreported: attacks.filter(({ reported }) => !reported).length,
  failedControls: attacks.filter(({ control }) => control === 'failed').length,
});

export class PartialReport implements Told {
  readonly #runtime: string;
  readonly #follow: Follow;
  readonly #attacks: SandboxAttackResult[] = [];
  #about: { readonly arch: string; readonly kernel: string } | undefined;

  constructor(runtime: string, follow: Follow) {
    this.#runtime = runtime;
    this.#follow = follow;
  }

  readonly onOpen: Told['onOpen'] = ({ arch, kernel }) => {
    this.#about = { arch, kernel };
  };

  readonly onResult: Told['onResult'] = (result, done, total) => {
    this.#attacks.push({ ...result });
    this.#follow(result, done, total, this.#attacks.filter(isWrongResult).length);
  };

  /** Undefined where nothing was found yet. */
  report(): SandboxAttackReport | undefined {
    if (!this.#about || this.#attacks.length === 0) return undefined;
    const attacks = this.#attacks;
    return { runtime: this.#runtime, ...this.#about, attacks, ...countWrong(attacks), partial: true };
  }
}
