// The attempts of one task, in order: which device each was given to, what was heard of it, when it has taken too long.

import type { RequesterOptions } from './requester-words.ts';

export interface Try {
  readonly number: number;
  readonly nodeId: string;
  readonly startedAt: number;
  heardAt: number | undefined;
  workAt: number;
  work: string;
  sentAt: number;
  resendMs: number;
  runningSince: number | undefined;
  /** Why it failed; it may yet bring a result. */
  over: string | undefined;
  /** When it failed by being out of reach: it may go on where nobody sees it. */
  lostAt: number | undefined;
}

/** What a try's time says of it: its device is out of reach, it gets nowhere, or its start is to be sent again. */
export type Lateness =
  | { readonly is: 'silent' | 'stuck'; readonly reason: string }
  | { readonly is: 'unheard' };

type Limits = Pick<RequesterOptions, 'timings' | 'runLimitMs'>;

export class Tries {
  readonly #limits: Limits;
  readonly #all: Try[] = [];

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#all.length;
  }
  get last(): Try | undefined {
    return this.#all.at(-1);
  }
  /** The one under way. */
  get current(): Try | undefined {
    return this.last?.over === undefined ? this.last : undefined;
  }
  get newestFirst(): Try[] {
    return this.#all.toReversed();
  }

  begin(nodeId: string, now: number): Try {
    const begun: Try = {
      number: this.#all.length + 1,
      nodeId,
      startedAt: now,
      heardAt: undefined,
      workAt: now,
      work: '',
      sentAt: now,
      resendMs: this.#limits.timings.startResendMs,
      runningSince: undefined,
      over: undefined,
      lostAt: undefined,
    };
    this.#all.push(begun);
    return begun;
  }

  find(nodeId: string, attempt: number): Try | undefined {
    return this.#all.findLast((it) => it.nodeId === nodeId && it.number === attempt);
  }

  lastOf(nodeId: string): Try | undefined {
    return this.#all.findLast((it) => it.nodeId === nodeId);
  }

  hear(tried: Try, event: { readonly phase: string; readonly work: number }, now: number): void {
    tried.heardAt = now;
    const work = `${event.phase} ${event.work}`;
    if (work !== tried.work) {
      tried.work = work;
      tried.workAt = now;
    }
    if (event.phase === 'running') tried.runningSince ??= now;
  }

  /** The device that was lost last is heard again before another was found: it has gone on with the work. */
  takeUp(heard: { readonly from: string; readonly attempt: number }, now: number): Try | undefined {
    const { last } = this;
    if (last?.lostAt === undefined || last.nodeId !== heard.from || last.number !== heard.attempt)
      return undefined;
    last.lostAt = undefined;
    last.over = undefined;
    last.workAt = now;
    return last;
  }

  /** Some device was lost and has not offered since. */
  mayReturn(offeredAt: (nodeId: string) => number): boolean {
    return this.#all.some(({ nodeId, lostAt }) => lostAt !== undefined && lostAt >= offeredAt(nodeId));
  }

  /** Why each that is over has ended, as words. */
  get ends(): string[] {
    return this.#all.flatMap(({ nodeId, over }) => (over ? [`${nodeId.slice(0, 8)}: ${over}`] : []));
  }

  /** When `lateness` may say something else. */
  dueTimes(tried: Try): number[] {
    const { timings, runLimitMs } = this.#limits;
    const times = [(tried.heardAt ?? tried.startedAt) + timings.silenceMs, tried.workAt + timings.stallMs];
    if (tried.heardAt === undefined) times.push(tried.sentAt + tried.resendMs);
    if (tried.runningSince !== undefined) times.push(tried.runningSince + runLimitMs + timings.runGraceMs);
    return times;
  }

  lateness(tried: Try, now: number): Lateness | undefined {
    const { timings, runLimitMs } = this.#limits;
    if (now >= (tried.heardAt ?? tried.startedAt) + timings.silenceMs)
      return { is: 'silent', reason: `silent for ${timings.silenceMs} ms` };
    if (now >= tried.workAt + timings.stallMs)
      return { is: 'stuck', reason: `its work stood still for ${timings.stallMs} ms` };
    if (tried.runningSince !== undefined && now >= tried.runningSince + runLimitMs + timings.runGraceMs)
      return { is: 'stuck', reason: "ran longer than the service's limit" };
    if (tried.heardAt === undefined && now >= tried.sentAt + tried.resendMs) return { is: 'unheard' };
    return undefined;
  }
}
