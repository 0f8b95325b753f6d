// The sending half of a reliable stream, pure: what may be sent, what must be sent again, and when.
// Segments are numbered and opaque. Credit comes from the receiver, the congestion window from loss and delay.

export interface Ack {
  /** All segments below this number have arrived. */
  readonly ack: number;
  /** We may send up to this byte offset. */
  readonly limit: number;
  /** Arrived above `ack`: [first, after last], ascending. */
  readonly sack: readonly (readonly number[])[];
}

export interface StreamSenderNumbers {
  readonly initialWindow: number;
  readonly minWindow: number;
  readonly maxWindow: number;
  readonly minRtoMs: number;
  readonly maxRtoMs: number;
}

export const streamSenderNumbers: StreamSenderNumbers = {
  initialWindow: 262_144,
  minWindow: 81_920,
  maxWindow: 8_388_608,
  minRtoMs: 200,
  maxRtoMs: 2_000,
};

interface Segment {
  readonly payload: Uint8Array;
  readonly size: number;
  sentAt: number;
  sends: number;
  state: 'flying' | 'lost' | 'arrived';
}

export interface Sent {
  readonly index: number;
  readonly payload: Uint8Array;
}

export class StreamSender {
  readonly #n: StreamSenderNumbers;
  readonly #segments = new Map<number, Segment>();
  readonly #lost: number[] = [];
  #base = 0;
  #next = 0;
  #offset = 0;
  #limit: number;
  #flying = 0;
  #window: number;
  #threshold = Number.POSITIVE_INFINITY;
  #srtt: number | undefined;
  #rttvar = 0;
  #minRtt = Number.POSITIVE_INFINITY;
  #minRttAt = 0;
  #backoff = 1;
  #rtoFrom: number | undefined;
  /** Until this segment is acknowledged, further loss is of the same event. */
  #recovery = 0;
  resends = 0;

  constructor(limit: number, numbers: Partial<StreamSenderNumbers> = {}) {
    this.#n = { ...streamSenderNumbers, ...numbers };
    this.#limit = limit;
    this.#window = this.#n.initialWindow;
  }

  /** Bytes of new data that may leave now; 0 while lost segments wait. */
  room(): number {
    if (this.#lost.length > 0) return 0;
    return Math.max(0, Math.min(this.#limit - this.#offset, this.#window - this.#flying));
  }

  /** The number that the next push will get. */
  get nextIndex(): number {
    return this.#next;
  }

  get outstanding(): number {
    return this.#next - this.#base;
  }

  get window(): number {
    return this.#window;
  }

  get rttMs(): number | undefined {
    return this.#srtt;
  }

  /** A new segment, which the caller sends now. size: plain bytes, for credit. */
  push(payload: Uint8Array, size: number, now: number): Sent {
    const index = this.#next++;
    this.#segments.set(index, { payload, size, sentAt: now, sends: 1, state: 'flying' });
    this.#offset += size;
    this.#flying += size;
    this.#rtoFrom ??= now;
    return { index, payload };
  }

  /** A lost segment that should leave again now, if the window has room for it. */
  nextResend(now: number): Sent | undefined {
    for (;;) {
      const index = this.#lost[0];
      if (index === undefined) return undefined;
      const segment = this.#segments.get(index);
      if (segment?.state !== 'lost') {
        this.#lost.shift();
        continue;
      }
      if (this.#flying > 0 && this.#flying + segment.size > this.#window) return undefined;
      this.#lost.shift();
      segment.state = 'flying';
      segment.sentAt = now;
      segment.sends += 1;
      this.resends += 1;
      this.#flying += segment.size;
      this.#rtoFrom = now;
      return { index, payload: segment.payload };
    }
  }

  /** True when the peer has got something that it hadn't. */
  onAck({ ack, limit, sack }: Ack, now: number): boolean {
    this.#limit = Math.max(this.#limit, limit);
    // A peer can only acknowledge what was sent; more is nonsense that changes nothing.
    if (ack > this.#next) return false;
    let bytes = 0;
    let newest = -1;
    let sample: number | undefined;
    const arrive = (index: number): void => {
      const segment = this.#segments.get(index);
      if (!segment || segment.state === 'arrived') return;
      if (segment.state === 'flying') this.#flying -= segment.size;
      segment.state = 'arrived';
      bytes += Math.max(1, segment.size);
      if (segment.sentAt >= newest) {
        newest = segment.sentAt;
        if (segment.sends === 1) sample = now - segment.sentAt;
      }
    };
    for (let index = this.#base; index < ack; index++) {
      arrive(index);
      this.#segments.delete(index);
    }
    this.#base = Math.max(this.#base, ack);
    let top = this.#base;
    for (const [first = 0, end = 0] of sack) {
      for (let index = Math.max(first, this.#base); index < Math.min(end, this.#next); index++) {
        arrive(index);
        top = Math.max(top, index);
      }
    }
    if (bytes === 0) return false;
    this.#backoff = 1;
    // By count, not by bytes: the end of a stream is a segment of no bytes.
    this.#rtoFrom = this.outstanding > 0 ? now : undefined;
    if (sample !== undefined) this.#measure(sample, now);
    if (this.#findLost(top, newest)) this.#shrink(0.7);
    else if (this.#base >= this.#recovery) this.#grow(bytes, sample);
    return true;
  }

  /** Sent well before something that has arrived, and below it: lost. */
  #findLost(top: number, newest: number): boolean {
    const slack = Math.max(5, (this.#srtt ?? 0) / 4);
    let found = false;
    for (let index = this.#base; index < top; index++) {
      const segment = this.#segments.get(index);
      if (segment?.state !== 'flying' || segment.sentAt + slack >= newest) continue;
      this.#lose(index, segment);
      found = true;
    }
    return found && this.#base >= this.#recovery;
  }

  #lose(index: number, segment: Segment): void {
    segment.state = 'lost';
    this.#flying -= segment.size;
    this.#lost.push(index);
  }

  #measure(sample: number, now: number): void {
    if (this.#srtt === undefined) {
      this.#srtt = sample;
      this.#rttvar = sample / 2;
    } else {
      this.#rttvar = this.#rttvar * 0.75 + Math.abs(this.#srtt - sample) * 0.25;
      this.#srtt = this.#srtt * 0.875 + sample * 0.125;
    }
    // The shortest round trip of the last ten seconds or so: the way without queues.
    if (sample <= this.#minRtt || now - this.#minRttAt > 10_000) {
      this.#minRtt = sample;
      this.#minRttAt = now;
    }
  }

  #grow(bytes: number, sample: number | undefined): void {
    // Queues are building: no loss yet, so step back gently, once per window.
    if (sample !== undefined && sample > this.#minRtt * 2 + 50) return void this.#shrink(0.85);
    const step = this.#window < this.#threshold ? bytes : (bytes * 65_536) / this.#window;
    this.#window = Math.min(this.#n.maxWindow, this.#window + step);
  }

  #shrink(factor: number): void {
    this.#window = Math.max(this.#n.minWindow, this.#window * factor);
    this.#threshold = this.#window;
    this.#recovery = this.#next;
  }

  #rto(): number {
    const base = this.#srtt === undefined ? 500 : this.#srtt + 4 * this.#rttvar;
    return Math.min(this.#n.maxRtoMs, Math.max(this.#n.minRtoMs, base) * this.#backoff);
  }

  /** Declares everything in flight lost once nothing was acknowledged for too long. */
  onTick(now: number): void {
    if (now < this.nextAt()) return;
    this.#timeOut(now);
  }

  nextAt(): number {
    return this.#rtoFrom === undefined ? Number.POSITIVE_INFINITY : this.#rtoFrom + this.#rto();
  }

  /** The route has changed: what was on the old one is probably gone, don't wait for the timer. */
  onRouteChange(now: number): void {
    this.#backoff = 1;
    if (this.#rtoFrom !== undefined && now - this.#rtoFrom > (this.#srtt ?? 0) * 2) this.#timeOut(now);
  }

  #timeOut(now: number): void {
    for (let index = this.#base; index < this.#next; index++) {
      const segment = this.#segments.get(index);
      if (segment?.state === 'flying') this.#lose(index, segment);
    }
    this.#lost.sort((a, b) => a - b);
    this.#backoff = Math.min(16, this.#backoff * 2);
    this.#threshold = Math.max(this.#n.minWindow, this.#window / 2);
    this.#window = this.#n.minWindow;
    this.#recovery = this.#next;
    this.#rtoFrom = now;
  }
}
