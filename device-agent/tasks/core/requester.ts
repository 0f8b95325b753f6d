// The requester's side of one task (spec 04) as a pure state machine: events and times in, effects out. It asks for
// offers, chooses, watches the chosen device, moves on when that one fails, and takes exactly one result.

import { OfferBook } from './requester-offers.ts';
import { Outbox, type ResultAbout } from './requester-outbox.ts';
import { Tries, type Try } from './requester-tries.ts';
import type {
  KnownOffer,
  Problem,
  RequesterEffect,
  RequesterEvent,
  RequesterOptions,
  RequesterState,
} from './requester-words.ts';
import type { OfferScore } from './scoring.ts';

/** Rounds are so much longer while a lost device is waited for. */
const PATIENCE = 5;

const finals: readonly RequesterState[] = ['acknowledged', 'failed', 'cancelled', 'expired'];

export class RequesterCore {
  readonly #options: RequesterOptions;
  #state: RequesterState = 'offering';
  #round = 0;
  #roundEndsAt = 0;
  readonly #offers: OfferBook;
  readonly #tries: Tries;
  #fetching: ResultAbout | undefined;
  #accepted: ResultAbout | undefined;
  #problem: Problem | undefined;
  #out = new Outbox();

  constructor(options: RequesterOptions) {
    this.#options = options;
    this.#offers = new OfferBook(options);
    this.#tries = new Tries(options);
  }

  get state(): RequesterState {
    return this.#state;
  }
  get final(): boolean {
    return finals.includes(this.#state);
  }
  get attempts(): number {
    return this.#tries.count;
  }
  /** Who runs it, or ran it. */
  get device(): string | undefined {
    return this.#accepted?.from ?? this.#tries.last?.nodeId;
  }
  get problem(): Problem | undefined {
    return this.#problem;
  }
  /** The result that was taken. */
  get accepted(): { readonly from: string; readonly resultSha256: string } | undefined {
    return this.#accepted;
  }
  get offers(): KnownOffer[] {
    return this.#offers.all;
  }
  /** Whether the device was given this attempt, so that it may have the inputs. */
  isGiven(nodeId: string, attempt: number): boolean {
    return !this.final && this.#tries.find(nodeId, attempt) !== undefined;
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
    const times = [this.#options.deadlineAt];
    const { current } = this.#tries;
    if (this.#state === 'offering') times.push(this.#roundEndsAt);
    if (current && this.#fetching?.from !== current.nodeId) times.push(...this.#tries.dueTimes(current));
    return Math.min(...times);
  }

  #collect(work: () => void): RequesterEffect[] {
    this.#out = new Outbox();
    work();
    return this.#out.effects;
  }

  #live(event: RequesterEvent, now: number): void {
    switch (event.type) {
      case 'offer':
        this.#onOffer(event.from, event.score, now);
        return;
      case 'decline':
        this.#offers.decline(event.from, event.reason);
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
      if (accepted || this.#tries.lastOf(event.from)) this.#out.ack(event, accepted);
    } else if (event.type === 'progress' && this.#accepted?.from === event.from) {
      this.#out.ack({ ...this.#accepted, attempt: event.attempt }, true); // the first one was lost
    } else if (event.type === 'progress' && this.#tries.lastOf(event.from)) {
      this.#out.stop(event.from, event.attempt, `the task is ${this.#state}`);
    }
  }

  #onOffer(from: string, score: OfferScore, now: number): void {
    if (this.#options.only !== undefined && from !== this.#options.only) return;
    if (this.#offers.isLiar(from)) return;
    this.#offers.take(from, score, now);
    if (this.#state !== 'offering') return;
    const waits = from === this.#options.self && this.#options.selfPolicy === 'last-resort';
    const only = this.#options.only === from;
    if (only || (!waits && this.#offers.worth(from) >= this.#options.timings.goodEnough)) this.#choose(now);
  }

  #choose(now: number): void {
    const nodeId = this.#offers.best(true);
    if (nodeId === undefined) return;
    this.#offers.choose(nodeId);
    const { number } = this.#tries.begin(nodeId, now);
    this.#say('starting', number === 1 ? undefined : `attempt ${number}`);
    this.#out.start(nodeId, number);
  }

  #onProgress(event: Extract<RequesterEvent, { type: 'progress' }>, now: number): void {
    const current = this.#tries.current ?? this.#tries.takeUp(event, now);
    if (current?.nodeId !== event.from || current.number !== event.attempt) {
      const old = this.#tries.find(event.from, event.attempt);
      if (old && this.#tries.current?.nodeId !== event.from)
        this.#out.stop(event.from, event.attempt, old.over ?? 'replaced');
      return;
    }
    this.#tries.hear(current, event, now);
    // Repeated and reordered messages must not take the state back.
    const order: readonly RequesterState[] = ['starting', 'retrieving', 'running', 'delivering'];
    if (order.indexOf(event.phase) > order.indexOf(this.#state)) this.#say(event.phase);
  }

  #onResult(event: Extract<RequesterEvent, { type: 'result' }>, now: number): void {
    const tried = this.#tries.find(event.from, event.attempt);
    if (!tried) return;
    const isCurrent = this.#tries.current === tried;
    if (isCurrent) tried.heardAt = now;
    if (this.#offers.isLiar(event.from)) {
      this.#out.ack(event, false);
      return;
    }
    if (!event.honest) {
      this.#out.ack(event, false);
      this.#onLie(tried, 'its result contradicts itself', now);
      return;
    }
    if (event.status === 'completed') {
      if (this.#fetching) return; // one at a time; it will be sent again
      this.#fetching = { from: event.from, attempt: event.attempt, resultSha256: event.resultSha256 };
      if (isCurrent && this.#state !== 'delivering') this.#say('delivering');
      this.#out.fetch(this.#fetching);
      return;
    }
    if (!isCurrent) {
      this.#out.ack(event, false);
      return;
    }
    if (event.status === 'refused') {
      this.#out.ack(event, false);
      this.#moveOn(tried, `refused: ${event.problem?.message ?? 'no reason given'}`, now);
      return;
    }
    this.#out.ack(event, true);
    this.#out.past(event.from, true); // it did its part
    this.#accepted = { from: event.from, attempt: event.attempt, resultSha256: event.resultSha256 };
    this.#end('failed', event.problem ?? { code: 'task.failed', message: 'the service failed' });
  }

  #onFetched(event: Extract<RequesterEvent, { type: 'fetched' }>): void {
    const fetched = this.#fetching;
    if (fetched?.from !== event.from || fetched.resultSha256 !== event.resultSha256) return;
    this.#fetching = undefined;
    this.#accepted = fetched;
    this.#out.ack({ ...fetched }, true);
    this.#out.past(event.from, true);
    this.#stopOthers(event.from, 'another device has brought the result');
    this.#say('acknowledged');
  }

  #onFetchFailed(event: Extract<RequesterEvent, { type: 'fetch-failed' }>, now: number): void {
    const fetched = this.#fetching;
    if (fetched?.from !== event.from || fetched.resultSha256 !== event.resultSha256) return;
    this.#fetching = undefined;
    const tried = this.#tries.lastOf(event.from);
    if (!tried) return;
    if (event.lied) {
      this.#out.ack({ ...fetched }, false);
      this.#onLie(tried, event.reason, now);
      return;
    }
    if (this.#tries.current === tried) this.#lose(tried, event.reason, now);
  }

  #onLie(tried: Try, reason: string, now: number): void {
    this.#offers.lied(tried.nodeId);
    if (this.#tries.current === tried) this.#moveOn(tried, `lied: ${reason}`, now);
  }

  #onGone(nodeId: string, now: number): void {
    if (this.#fetching?.from === nodeId) {
      this.#fetching = undefined;
      this.#out.stopFetch(nodeId);
    }
    const { current } = this.#tries;
    this.#offers.gone(nodeId);
    if (current?.nodeId === nodeId) this.#lose(current, 'the device is gone from the mesh', now);
  }

  #onWake(now: number): void {
    const { deadlineAt, timings } = this.#options;
    if (now >= deadlineAt) {
      const message = `not done by its deadline (${[`state ${this.#state}`, ...this.#tries.ends].join('; ')})`;
      this.#end('expired', { code: 'task.expired', message }, message);
      return;
    }
    const { current } = this.#tries;
    if (current) {
      this.#watch(current, now);
      return;
    }
    if (this.#state === 'offering' && now >= this.#roundEndsAt) {
      if (this.#offers.best(true) !== undefined) this.#choose(now);
      else if (this.#round < timings.rounds + this.#tries.count) this.#nextRound(now);
      else if (this.#tries.mayReturn((nodeId) => this.#offers.offeredAt(nodeId)))
        this.#nextRound(now, PATIENCE);
      else this.#noOffers();
    }
  }

  #watch(current: Try, now: number): void {
    if (this.#fetching?.from === current.nodeId) return; // the transfer has its own watch
    const late = this.#tries.lateness(current, now);
    if (late?.is === 'silent') this.#lose(current, late.reason, now);
    else if (late?.is === 'stuck') this.#moveOn(current, late.reason, now);
    else if (late?.is === 'unheard') {
      current.sentAt = now;
      current.resendMs *= 1.5;
      this.#out.start(current.nodeId, current.number);
    }
  }

  #nextRound(now: number, patience = 1): void {
    this.#round += 1;
    this.#roundEndsAt = now + this.#options.timings.offerTimeoutMs * patience;
    this.#out.ask(this.#round);
  }

  /** The device is out of reach. It may come back, with the result or to try again: until the deadline, or another's. */
  #lose(tried: Try, reason: string, now: number): void {
    tried.lostAt = now;
    this.#moveOn(tried, reason, now);
  }

  /** The device failed: penalise it, take a spare, or ask again. */
  #moveOn(tried: Try, reason: string, now: number): void {
    tried.over = reason;
    if (this.#fetching?.from === tried.nodeId) {
      this.#out.stopFetch(tried.nodeId);
      this.#fetching = undefined;
    }
    this.#offers.failed(tried.nodeId);
    this.#out.past(tried.nodeId, false);
    this.#out.stop(tried.nodeId, tried.number, reason);
    if (this.#tries.count >= this.#options.timings.maxAttempts) {
      const message = `given up after ${this.#tries.count} attempts; the last one: ${reason}`;
      this.#end('failed', { code: 'task.failed', message }, message);
      return;
    }
    if (this.#offers.best(false) !== undefined) {
      this.#say('offering', reason);
      this.#choose(now);
      return;
    }
    this.#say('offering', reason);
    this.#nextRound(now);
  }

  #noOffers(): void {
    const why = [...this.#offers.refusals, ...this.#tries.ends].slice(0, 5).join('; ');
    const message = `no device offers to run this task${why ? ` (${why})` : ''}`;
    this.#end('failed', { code: 'task.no-offers', message }, message);
  }

  #end(state: 'failed' | 'cancelled' | 'expired', problem: Problem, note?: string): void {
    this.#problem = problem;
    if (this.#fetching) this.#out.stopFetch(this.#fetching.from);
    this.#fetching = undefined;
    this.#stopOthers(this.#accepted?.from, problem.message);
    this.#say(state, note);
  }

  #stopOthers(except: string | undefined, reason: string): void {
    const told = new Set([except]);
    for (const { nodeId, number } of this.#tries.newestFirst) {
      if (told.has(nodeId)) continue;
      told.add(nodeId);
      this.#out.stop(nodeId, number, reason);
    }
  }

  #say(state: RequesterState, note?: string): void {
    this.#state = state;
    this.#out.state(state, note);
  }
}
