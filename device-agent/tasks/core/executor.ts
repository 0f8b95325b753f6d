// The executor's side of one task of one requester (spec 04) as a pure state machine. Starts may come twice, late
// and out of order: the work is done once, and its result is sent until the requester has said what became of it.

export interface ExecutorTimings {
  /** Signs of life while working; half as often while a result waits to be acknowledged. */
  readonly beatMs: number;
  /** First wait before a result is sent again; doubles up to the second. */
  readonly resendMs: number;
  readonly maxResendMs: number;
  /** Ended tasks are remembered for so long beyond their deadline, against late copies of messages. */
  readonly rememberMs: number;
  /** A refusal is sent for so long at most: nothing was worked for, and anyone can ask for one. */
  readonly refusalMs: number;
}

export const defaultExecutorTimings: ExecutorTimings = {
  beatMs: 500,
  resendMs: 250,
  maxResendMs: 2000,
  rememberMs: 60_000,
  refusalMs: 10_000,
};

export type ExecutorState = 'idle' | 'working' | 'delivering' | 'done';

export type ExecutorEvent =
  | { readonly type: 'start'; readonly attempt: number; readonly deadlineAt: number }
  /** The phase changed: say so at once. */
  | { readonly type: 'phase' }
  /** The work ended, one way or another, and its result is stored. */
  | { readonly type: 'finished'; readonly resultSha256: string; readonly refused: boolean }
  | {
      readonly type: 'ack';
      readonly attempt: number;
      readonly resultSha256: string;
      readonly accepted: boolean;
    }
  | { readonly type: 'cancel'; readonly attempt: number; readonly reason: string }
  | { readonly type: 'wake' };

export type ExecutorEffect =
  | { readonly do: 'work' }
  | { readonly do: 'stop-work'; readonly reason: string }
  | { readonly do: 'tell-progress'; readonly attempt: number }
  | { readonly do: 'tell-result'; readonly attempt: number }
  /** Nothing more is needed: files may go; the receipt counts if the result was accepted. */
  | { readonly do: 'settle'; readonly accepted: boolean; readonly reason: string };

export class ExecutorCore {
  readonly #timings: ExecutorTimings;
  #state: ExecutorState = 'idle';
  #attempt = 0;
  #cancelledThrough = 0;
  #accepted = false;
  #deadlineAt: number;
  #beatAt = 0;
  #sendAt = 0;
  #resendMs: number;
  #resultSha256: string | undefined;
  #effects: ExecutorEffect[] = [];

  /** `now` in monotonic ms; a task that is never started is forgotten as if its deadline were now. */
  constructor(now: number, timings: ExecutorTimings) {
    this.#timings = timings;
    this.#deadlineAt = now;
    this.#resendMs = timings.resendMs;
  }

  get state(): ExecutorState {
    return this.#state;
  }
  get attempt(): number {
    return this.#attempt;
  }
  /** When the memory of the task may go. */
  get forgetAt(): number {
    return this.#deadlineAt + this.#timings.rememberMs;
  }

  handle(event: ExecutorEvent, now: number): ExecutorEffect[] {
    this.#effects = [];
    switch (event.type) {
      case 'start':
        this.#onStart(event.attempt, event.deadlineAt, now);
        break;
      case 'phase':
        if (this.#state === 'working') this.#beat(now);
        break;
      case 'finished':
        this.#onFinished(event.resultSha256, event.refused, now);
        break;
      case 'ack':
        this.#onAck(event);
        break;
      case 'cancel':
        this.#onCancel(event.attempt, event.reason);
        break;
      case 'wake':
        this.#onWake(now);
        break;
    }
    return this.#effects;
  }

  /** When `wake` is due, in monotonic ms; undefined when there is nothing to do. */
  wakeAt(): number | undefined {
    if (this.#state === 'working') return Math.min(this.#beatAt, this.#deadlineAt);
    if (this.#state === 'delivering') return Math.min(this.#sendAt, this.#beatAt, this.#deadlineAt);
    return undefined;
  }

  #onStart(attempt: number, deadlineAt: number, now: number): void {
    if (attempt <= this.#cancelledThrough) return;
    if (this.#state === 'done' && (this.#accepted || attempt <= this.#attempt)) return;
    if (this.#state === 'working' || this.#state === 'delivering') {
      // The same work under a new number: the requester lost sight of us and found us again.
      this.#attempt = Math.max(this.#attempt, attempt);
      if (this.#state === 'working') this.#beat(now);
      else {
        this.#resendMs = this.#timings.resendMs;
        this.#tell(now);
      }
      return;
    }
    this.#attempt = attempt;
    this.#deadlineAt = deadlineAt;
    this.#resultSha256 = undefined;
    this.#resendMs = this.#timings.resendMs;
    this.#state = 'working';
    this.#effects.push({ do: 'work' });
    this.#beat(now);
  }

  #onFinished(resultSha256: string, refused: boolean, now: number): void {
    if (this.#state !== 'working') return;
    if (refused) this.#deadlineAt = Math.min(this.#deadlineAt, now + this.#timings.refusalMs);
    this.#resultSha256 = resultSha256;
    this.#state = 'delivering';
    this.#beatAt = now + this.#timings.beatMs * 2;
    this.#tell(now);
  }

  #onAck(event: Extract<ExecutorEvent, { type: 'ack' }>): void {
    if (this.#state !== 'delivering' || event.resultSha256 !== this.#resultSha256) return;
    if (!event.accepted && event.attempt < this.#attempt) return;
    this.#settle(event.accepted, event.accepted ? 'acknowledged' : 'not wanted');
  }

  #onCancel(attempt: number, reason: string): void {
    this.#cancelledThrough = Math.max(this.#cancelledThrough, attempt);
    if (this.#attempt > attempt) return;
    if (this.#state === 'working') this.#effects.push({ do: 'stop-work', reason });
    if (this.#state === 'working' || this.#state === 'delivering') this.#settle(false, reason);
  }

  #onWake(now: number): void {
    if (this.#state !== 'working' && this.#state !== 'delivering') return;
    if (now >= this.#deadlineAt) {
      if (this.#state === 'working')
        this.#effects.push({ do: 'stop-work', reason: 'the deadline has passed' });
      this.#settle(false, 'the deadline has passed');
      return;
    }
    if (now >= this.#beatAt) this.#beat(now);
    if (this.#state === 'delivering' && now >= this.#sendAt) this.#tell(now);
  }

  #beat(now: number): void {
    this.#beatAt = now + this.#timings.beatMs * (this.#state === 'delivering' ? 2 : 1);
    this.#effects.push({ do: 'tell-progress', attempt: this.#attempt });
  }

  #tell(now: number): void {
    this.#sendAt = now + this.#resendMs;
    this.#resendMs = Math.min(this.#resendMs * 2, this.#timings.maxResendMs);
    this.#effects.push({ do: 'tell-result', attempt: this.#attempt });
  }

  #settle(accepted: boolean, reason: string): void {
    this.#state = 'done';
    this.#accepted = accepted;
    this.#effects.push({ do: 'settle', accepted, reason });
  }
}
