import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { StreamReceiver } from './stream-receiver.ts';
import { type Ack, StreamSender } from './stream-sender.ts';

interface Road {
  readonly loss: number;
  readonly duplicate: number;
  /** Extra delay of up to so many ms per message: reordering. */
  readonly jitter: number;
  /** From..to: nothing arrives. */
  readonly outage: readonly [number, number];
}

const WINDOW = 64_000;

/** Sends `sizes` segments over a bad road both ways; what the reader got, and when all was acknowledged. */
function travel(sizes: readonly number[], road: Road, seed: number) {
  const random = seededRandom(seed);
  const sender = new StreamSender(WINDOW, { minWindow: 4_000, initialWindow: 16_000 });
  const receiver = new StreamReceiver({ windowBytes: WINDOW });
  const air: { at: number; order: number; arrive: (now: number) => void }[] = [];
  const got: Uint8Array[] = [];
  let order = 0;
  let peak = 0;
  const throwIn = (now: number, arrive: (now: number) => void) => {
    const out = now >= road.outage[0] && now < road.outage[1];
    if (out || random.float() < road.loss) return;
    for (let copy = random.float() < road.duplicate ? 2 : 1; copy > 0; copy--) {
      air.push({ at: now + 5 + random.float() * road.jitter, order: order++, arrive });
    }
  };
  const segments = sizes.map((size, at) => new Uint8Array(size).fill(at % 251));
  segments.push(new Uint8Array());
  const hear = (now: number, ack: Ack) => sender.onAck(ack, now);
  const land = (now: number, index: number, payload: Uint8Array) => {
    receiver.onSegment(index, payload, now);
    for (const chunk of receiver.take()) {
      got.push(chunk);
      receiver.consumed(chunk.length, now);
    }
  };
  let next = 0;
  for (let now = 0; now < 600_000; now++) {
    const due = air.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.order - b.order);
    for (const item of due) {
      air.splice(air.indexOf(item), 1);
      item.arrive(now);
    }
    sender.onTick(now);
    for (let again = sender.nextResend(now); again; again = sender.nextResend(now)) {
      const { index, payload } = again;
      throwIn(now, (then) => land(then, index, payload));
    }
    while (next < segments.length) {
      const payload = segments[next] as Uint8Array;
      if (sender.room() < payload.length) break;
      const sent = sender.push(payload, payload.length, now);
      throwIn(now, (then) => land(then, sent.index, sent.payload));
      next += 1;
    }
    peak = Math.max(peak, sender.outstanding);
    if (receiver.ackAt <= now) {
      const ack = receiver.ack();
      throwIn(now, (then) => hear(then, ack));
    }
    if (next === segments.length && sender.outstanding === 0) {
      return { got, segments, receiver, tookMs: now, peak, resends: sender.resends };
    }
  }
  return { got, segments, receiver, tookMs: undefined, peak, resends: sender.resends };
}

const share = (max: number) => fc.integer({ min: 0, max: Math.round(max * 100) }).map((n) => n / 100);

describe('a reliable stream', () => {
  test('gives exact bytes over loss, reordering, duplicates and outages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 0, maxLength: 60 }),
        fc.record({
          loss: share(0.4),
          duplicate: share(0.5),
          jitter: fc.integer({ min: 0, max: 60 }),
          outage: fc
            .tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 8_000 }))
            .map(([from, length]) => [from, from + length] as const),
        }),
        fc.integer(),
        (sizes, road, seed) => {
          const { got, segments, receiver, tookMs } = travel(sizes, road, seed);
          expect(tookMs).toBeDefined();
          expect(receiver.finished).toBe(true);
          expect(got).toEqual(segments.slice(0, -1));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('on a clean road nothing is sent twice', () => {
    const clean: Road = { loss: 0, duplicate: 0, jitter: 0, outage: [0, 0] };
    expect(travel(new Array(200).fill(4_000), clean, 1).resends).toBe(0);
  });

  test('a reader that reads nothing holds the sender at its window', () => {
    const sender = new StreamSender(10_000, { initialWindow: 1_000_000 });
    const receiver = new StreamReceiver({ windowBytes: 10_000 });
    let pushed = 0;
    while (sender.room() >= 1_000) {
      const { index, payload } = sender.push(new Uint8Array(1_000), 1_000, 0);
      expect(receiver.onSegment(index, payload, 0)).toBe('taken');
      pushed += 1;
    }
    expect(pushed).toBe(10);
    sender.onAck(receiver.ack(), 1);
    expect(sender.room()).toBe(0);
    expect(receiver.onSegment(10, new Uint8Array(1), 2)).toBe('beyond-window');
    receiver.consumed(10_000, 3);
    sender.onAck(receiver.ack(), 4);
    expect(sender.room()).toBe(10_000);
  });

  test('an acknowledgement of what was never sent changes nothing', () => {
    const sender = new StreamSender(10_000);
    sender.push(new Uint8Array(10), 10, 0);
    expect(sender.onAck({ ack: 5, limit: 10_000, sack: [] }, 1)).toBe(false);
    expect(sender.onAck({ ack: 0, limit: 10_000, sack: [[3, 9]] }, 1)).toBe(false);
    expect(sender.outstanding).toBe(1);
  });
});
