// The requester's side of one task (spec 04) as a pure state machine: events and times in, effects out. It asks for
// offers, chooses, watches the chosen device, moves on when that one fails, and takes exactly one result.

import type {
  KnownOffer,
  Problem,
  RequesterEffect,
  RequesterEvent,
  RequesterOptions,
  RequesterState,
} from './requester-words.ts';
import type { OfferScore } from './scoring.ts';

interface Try {
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

interface Fetching {
  readonly from: string;
  readonly attempt: number;
  readonly resultSha256: string;
}

const FAILURE_FACTOR = 0.25;
const FAILURES_PER_DEVICE = 2;
/** Rounds are so much longer while a lost device is waited for. */
const PATIENCE = 5;

const finals: readonly RequesterState[] = ['acknowledged', 'failed', 'cancelled', 'expired'];

export class RequesterCore {
  readonly #options: RequesterOptions;
  #state: RequesterState = 'offering';
  #round = 0;
  #roundEndsAt = 0;
  readonly #offers = new Map<string, { score: OfferScore; at: number; chosen: boolean; used: boolean }>();
  readonly #declines = new Map<string, string>();
  readonly #failures = new Map<string, number>();
  readonly #liars = new Set<string>();
  readonly #tries: Try[] = [];
  #fetching: Fetching | undefined;
  #accepted: Fetching | undefined;
  #problem: Problem | undefined;
  #effects: RequesterEffect[] = [];

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  get state(): RequesterState {
    return this.#state;
  }
  get final(): boolean {
    return finals.includes(this.#state);
  }
  get attempts(): number {
    return this.#tries.length;
  }
  /** Who runs it, or ran it. */
  get device(): string | undefined {
    return this.#accepted?.from ?? this.#tries.at(-1)?.nodeId;
  }
  get problem(): Problem | undefined {
    return this.#problem;
  }
  /** The result that was taken. */
  get accepted(): { readonly from: string; readonly resultSha256: string } | undefined {
    return this.#accepted;
  }
  get offers(): KnownOffer[] {
    return [...this.#offers].map(([nodeId, { score, at, chosen }]) => ({ nodeId, score, at, chosen }));
  }
  /** Whether the device was given this attempt, so that it may have the inputs. */
  isGiven(nodeId: string, attempt: number): boolean {
    return !this.final && this.#tries.some((t) => t.nodeId === nodeId && t.number === attempt);
  }

  start(now: number): RequesterEffect[] {
    return this.#collect(() => {
      this.#say('offering');
      this.#nextRound(now);
    });
  }

  handle(event: RequesterEvent, now: number): RequesterEffect[] {
    return this.#collect(() => {
      if (this.final) this.#afterEnd(event);
      else this.#live(event, now);
    });
  }

  /** When `wake` is due, in monotonic ms; undefined after the end. */
  wakeAt(): number | undefined {
    if (this.final) return undefined;
    const { deadlineAt, timings, runLimitMs } = this.#options;
    const times = [deadlineAt];
    const current = this.#current();
    if (this.#state === 'offering') times.push(this.#roundEndsAt);
    if (current && this.#fetching?.from !== current.nodeId) {
      times.push(
        (current.heardAt ?? current.startedAt) + timings.silenceMs,
        current.workAt + timings.stallMs,
      );
      if (current.heardAt === undefined) times.push(current.sentAt + current.resendMs);
      if (current.runningSince !== undefined)
        times.push(current.runningSince + runLimitMs + timings.runGraceMs);
    }
    return Math.min(...times);
  }

  #collect(work: () => void): RequesterEffect[] {
    this.#effects = [];
    work();
    return this.#effects;
  }

  #live(event: RequesterEvent, now: number): void {
    switch (event.type) {
      case 'offer':
        this.#onOffer(event.from, event.score, now);
        return;
      case 'decline':
        this.#declines.set(event.from, event.reason);
        if (event.from === this.#options.only && this.#state === 'offering') this.#noOffers();
        return;
      case 'progress':
        this.#onProgress(event, now);
        return;
      case 'result':
        this.#onResult(event, now);
        return;
      case 'fetched':
        this.#onFetched(event);
        return;
      case 'fetch-failed':
        this.#onFetchFailed(event, now);
        return;
      case 'gone':
        this.#onGone(event.nodeId, now);
        return;
      case 'cancel':
        this.#end('cancelled', { code: 'task.cancelled', message: event.reason }, event.reason);
        return;
      case 'wake':
        this.#onWake(now);
        return;
    }
  }

  /** Whoever still works for an ended task is told; a repeated result is acknowledged once more. */
  #afterEnd(event: RequesterEvent): void {
    if (event.type === 'result') {
      const accepted =
        this.#accepted?.from === event.from && this.#accepted.resultSha256 === event.resultSha256;
      if (accepted || this.#tries.some((t) => t.nodeId === event.from)) this.#ack(event, accepted);
    } else if (event.type === 'progress' && this.#accepted?.from === event.from) {
      this.#ack({ ...this.#accepted, attempt: event.attempt }, true); // the first one was lost
    } else if (event.type === 'progress' && this.#tries.some((t) => t.nodeId === event.from)) {
      this.#effects.push({
        do: 'stop',
        to: event.from,
        attempt: event.attempt,
        reason: `the task is ${this.#state}`,
      });
    }
  }

  #onOffer(from: string, score: OfferScore, now: number): void {
    if (this.#options.only !== undefined && from !== this.#options.only) return;
    if (this.#liars.has(from)) return;
    const known = this.#offers.get(from);
    this.#offers.set(from, { score, at: now, chosen: known?.chosen ?? false, used: false });
    if (this.#state !== 'offering') return;
    const waits = from === this.#options.self && this.#options.selfPolicy === 'last-resort';
    const only = this.#options.only === from;
    if (only || (!waits && this.#worth(from) >= this.#options.timings.goodEnough)) this.#choose(now);
  }

  #worth(nodeId: string): number {
    return (this.#offers.get(nodeId)?.score.score ?? 0) * FAILURE_FACTOR ** (this.#failures.get(nodeId) ?? 0);
  }

  /** The best unused offer; devices that have failed once come last, after new offers only. */
  #best(withFailed: boolean): string | undefined {
    const { self, selfPolicy } = this.#options;
    const last = (nodeId: string) => (nodeId === self && selfPolicy === 'last-resort' ? 1 : 0);
    return [...this.#offers]
      .filter(([nodeId, offer]) => {
        const failures = this.#failures.get(nodeId) ?? 0;
        if (offer.used || this.#liars.has(nodeId) || failures >= FAILURES_PER_DEVICE) return false;
        return withFailed || failures === 0;
      })
      .map(([nodeId]) => nodeId)
      .toSorted((a, b) => last(a) - last(b) || this.#worth(b) - this.#worth(a) || (a < b ? -1 : 1))[0];
  }

  #choose(now: number): void {
    const nodeId = this.#best(true);
    if (nodeId === undefined) return;
    const offer = this.#offers.get(nodeId);
    if (offer) {
      offer.used = true;
      offer.chosen = true;
    }
    const number = this.#tries.length + 1;
    this.#tries.push({
      number,
      nodeId,
      startedAt: now,
      heardAt: undefined,
      workAt: now,
      work: '',
      sentAt: now,
      resendMs: this.#options.timings.startResendMs,
      runningSince: undefined,
      over: undefined,
      lostAt: undefined,
    });
    this.#say('starting', number === 1 ? undefined : `attempt ${number}`);
    this.#effects.push({ do: 'start', to: nodeId, attempt: number });
  }

  #current(): Try | undefined {
    const last = this.#tries.at(-1);
    return last?.over === undefined ? last : undefined;
  }

  #onProgress(event: Extract<RequesterEvent, { type: 'progress' }>, now: number): void {
    const current = this.#current() ?? this.#takeUp(event, now);
    if (current?.nodeId !== event.from || current.number !== event.attempt) {
      const old = this.#tries.find((t) => t.nodeId === event.from && t.number === event.attempt);
      if (old && this.#current()?.nodeId !== event.from)
        this.#effects.push({
          do: 'stop',
          to: event.from,
          attempt: event.attempt,
          reason: old.over ?? 'replaced',
        });
      return;
    }
    current.heardAt = now;
    const work = `${event.phase} ${event.work}`;
    if (work !== current.work) {
      current.work = work;
      current.workAt = now;
    }
    if (event.phase === 'running') current.runningSince ??= now;
    // Repeated and reordered messages must not take the state back.
    const order: readonly RequesterState[] = ['starting', 'retrieving', 'running', 'delivering'];
    if (order.indexOf(event.phase) > order.indexOf(this.#state)) this.#say(event.phase);
  }

  /** The device that was lost last is heard again before another was found: it has gone on with the work. */
  #takeUp(heard: { readonly from: string; readonly attempt: number }, now: number): Try | undefined {
    const last = this.#tries.at(-1);
    if (last?.lostAt === undefined || last.nodeId !== heard.from || last.number !== heard.attempt)
      return undefined;
    last.lostAt = undefined;
    last.over = undefined;
    last.workAt = now;
    return last;
  }

  #onResult(event: Extract<RequesterEvent, { type: 'result' }>, now: number): void {
    const tried = this.#tries.findLast((t) => t.nodeId === event.from && t.number === event.attempt);
    if (!tried) return;
    const isCurrent = this.#current() === tried;
    if (isCurrent) tried.heardAt = now;
    if (this.#liars.has(event.from)) {
      this.#ack(event, false);
      return;
    }
    if (!event.honest) {
      this.#ack(event, false);
      this.#onLie(tried, 'its result contradicts itself', now);
      return;
    }
    if (event.status === 'completed') {
      if (this.#fetching) return; // one at a time; it will be sent again
      this.#fetching = { from: event.from, attempt: event.attempt, resultSha256: event.resultSha256 };
      if (isCurrent && this.#state !== 'delivering') this.#say('delivering');
      this.#effects.push({ do: 'fetch', ...this.#fetching });
      return;
    }
    if (!isCurrent) {
      this.#ack(event, false);
      return;
    }
    if (event.status === 'refused') {
      this.#ack(event, false);
      this.#moveOn(tried, `refused: ${event.problem?.message ?? 'no reason given'}`, now);
      return;
    }
    this.#ack(event, true);
    this.#effects.push({ do: 'past', nodeId: event.from, succeeded: true }); // it did its part
    this.#accepted = { from: event.from, attempt: event.attempt, resultSha256: event.resultSha256 };
    this.#end('failed', event.problem ?? { code: 'task.failed', message: 'the service failed' });
  }

  #onFetched(event: Extract<RequesterEvent, { type: 'fetched' }>): void {
    const fetched = this.#fetching;
    if (fetched?.from !== event.from || fetched.resultSha256 !== event.resultSha256) return;
    this.#fetching = undefined;
    this.#accepted = fetched;
    this.#ack({ ...fetched }, true);
    this.#effects.push({ do: 'past', nodeId: event.from, succeeded: true });
    this.#stopOthers(event.from, 'another device has brought the result');
    this.#say('acknowledged');
  }

  #onFetchFailed(event: Extract<RequesterEvent, { type: 'fetch-failed' }>, now: number): void {
    const fetched = this.#fetching;
    if (fetched?.from !== event.from || fetched.resultSha256 !== event.resultSha256) return;
    this.#fetching = undefined;
    const tried = this.#tries.findLast((t) => t.nodeId === event.from);
    if (!tried) return;
    if (event.lied) {
      this.#ack({ ...fetched }, false);
      this.#onLie(tried, event.reason, now);
      return;
    }
    if (this.#current() === tried) this.#lose(tried, event.reason, now);
  }

  #onLie(tried: Try, reason: string, now: number): void {
    this.#liars.add(tried.nodeId);
    this.#offers.delete(tried.nodeId);
    if (this.#current() === tried) this.#moveOn(tried, `lied: ${reason}`, now);
  }

  #onGone(nodeId: string, now: number): void {
    if (this.#fetching?.from === nodeId) {
      this.#fetching = undefined;
      this.#effects.push({ do: 'stop-fetch', from: nodeId });
    }
    const current = this.#current();
    const offer = this.#offers.get(nodeId);
    if (offer && !offer.chosen) this.#offers.delete(nodeId);
    if (current?.nodeId === nodeId) this.#lose(current, 'the device is gone from the mesh', now);
  }

  #onWake(now: number): void {
    const { deadlineAt, timings, runLimitMs } = this.#options;
    if (now >= deadlineAt) {
      const message = `not done by its deadline (${[`state ${this.#state}`, ...this.#whyTriesEnded()].join('; ')})`;
      this.#end('expired', { code: 'task.expired', message }, message);
      return;
    }
    const current = this.#current();
    if (current) {
      if (this.#fetching?.from === current.nodeId) return; // the transfer has its own watch
      if (now >= (current.heardAt ?? current.startedAt) + timings.silenceMs) {
        this.#lose(current, `silent for ${timings.silenceMs} ms`, now);
        return;
      }
      if (now >= current.workAt + timings.stallMs) {
        this.#moveOn(current, `its work stood still for ${timings.stallMs} ms`, now);
        return;
      }
      if (
        current.runningSince !== undefined &&
        now >= current.runningSince + runLimitMs + timings.runGraceMs
      ) {
        this.#moveOn(current, "ran longer than the service's limit", now);
        return;
      }
      if (current.heardAt === undefined && now >= current.sentAt + current.resendMs) {
        current.sentAt = now;
        current.resendMs *= 1.5;
        this.#effects.push({ do: 'start', to: current.nodeId, attempt: current.number });
      }
      return;
    }
    if (this.#state === 'offering' && now >= this.#roundEndsAt) {
      if (this.#best(true) !== undefined) this.#choose(now);
      else if (this.#round < timings.rounds + this.#tries.length) this.#nextRound(now);
      else if (this.#mayReturn()) this.#nextRound(now, PATIENCE);
      else this.#noOffers();
    }
  }

  #nextRound(now: number, patience = 1): void {
    this.#round += 1;
    this.#roundEndsAt = now + this.#options.timings.offerTimeoutMs * patience;
    this.#effects.push({ do: 'ask', round: this.#round });
  }

  /** The device is out of reach. It may come back, with the result or to try again: until the deadline, or another's. */
  #lose(tried: Try, reason: string, now: number): void {
    tried.lostAt = now;
    this.#moveOn(tried, reason, now);
  }

  /** Some device was lost and has not offered since. */
  #mayReturn(): boolean {
    return this.#tries.some(
      ({ nodeId, lostAt }) => lostAt !== undefined && lostAt >= (this.#offers.get(nodeId)?.at ?? 0),
    );
  }

  /** The device failed: penalise it, take a spare, or ask again. */
  #moveOn(tried: Try, reason: string, now: number): void {
    tried.over = reason;
    if (this.#fetching?.from === tried.nodeId) {
      this.#effects.push({ do: 'stop-fetch', from: tried.nodeId });
      this.#fetching = undefined;
    }
    this.#failures.set(tried.nodeId, (this.#failures.get(tried.nodeId) ?? 0) + 1);
    this.#effects.push({ do: 'past', nodeId: tried.nodeId, succeeded: false });
    this.#effects.push({ do: 'stop', to: tried.nodeId, attempt: tried.number, reason });
    if (this.#tries.length >= this.#options.timings.maxAttempts) {
      const message = `given up after ${this.#tries.length} attempts; the last one: ${reason}`;
      this.#end('failed', { code: 'task.failed', message }, message);
      return;
    }
    if (this.#best(false) !== undefined) {
      this.#say('offering', reason);
      this.#choose(now);
      return;
    }
    this.#say('offering', reason);
    this.#nextRound(now);
  }

  #noOffers(): void {
    const reasons = [...this.#declines].map(([nodeId, reason]) => `${nodeId.slice(0, 8)}: ${reason}`);
    const why = [...reasons, ...this.#whyTriesEnded()].slice(0, 5).join('; ');
    const message = `no device offers to run this task${why ? ` (${why})` : ''}`;
    this.#end('failed', { code: 'task.no-offers', message }, message);
  }

  #whyTriesEnded(): string[] {
    return this.#tries.flatMap(({ nodeId, over }) => (over ? [`${nodeId.slice(0, 8)}: ${over}`] : []));
  }

  #end(state: 'failed' | 'cancelled' | 'expired', problem: Problem, note?: string): void {
    this.#problem = problem;
    if (this.#fetching) this.#effects.push({ do: 'stop-fetch', from: this.#fetching.from });
    this.#fetching = undefined;
    this.#stopOthers(this.#accepted?.from, problem.message);
    this.#say(state, note);
  }

  #stopOthers(except: string | undefined, reason: string): void {
    const told = new Set([except]);
    for (const { nodeId, number } of this.#tries.toReversed()) {
      if (told.has(nodeId)) continue;
      told.add(nodeId);
      this.#effects.push({ do: 'stop', to: nodeId, attempt: number, reason });
    }
  }

  #ack(about: { from: string; attempt: number; resultSha256: string }, accepted: boolean): void {
    const { from: to, attempt, resultSha256 } = about;
    this.#effects.push({ do: 'ack', to, attempt, resultSha256, accepted });
  }

  #say(state: RequesterState, note?: string): void {
    this.#state = state;
    this.#effects.push({ do: 'state', state, ...(note === undefined ? {} : { note }) });
  }
}
