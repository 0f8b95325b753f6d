// The neighbours that we have a link to: heartbeats, round trips, quality and silence.

import { FrameType, type HeartbeatHead } from '#schemas';
import type { NodeId } from '../port.ts';
import type { EmitEffect, LinkId } from './effects.ts';
import { encodeHead } from './frame-codec.ts';
import type { MeshNumbers } from './numbers.ts';
import { TokenBucket } from './token-bucket.ts';

const UNKNOWN_RTT = 65_535;
const SENT_REMEMBERED = 16;
/** A change of quality, in percent, that others should know soon. */
export const CLEAR_CHANGE = 15;

export interface Link {
  readonly id: LinkId;
  readonly peer: NodeId;
  readonly verify: TokenBucket;
  readonly bad: TokenBucket;
  heardAt: number;
  beatHeardAt: number | undefined;
  sequence: number;
  /** When our last heartbeats left, by number. */
  readonly sent: Map<number, number>;
  peerSequence: number;
  peerBeatAt: number;
  rttMs: number | undefined;
  /** Share of heartbeats that came late, 0..1. */
  late: number;
  /** What we last told others: quality 0..100 and round trip, changed only when they differ clearly. */
  toldQuality: number;
  toldRtt: number;
}

export class Links {
  readonly #numbers: MeshNumbers;
  readonly #emit: EmitEffect;
  readonly all = new Map<LinkId, Link>();
  #tickedAt: number | undefined;
  #roundAt = Number.NEGATIVE_INFINITY;

  constructor(numbers: MeshNumbers, emit: EmitEffect) {
    this.#numbers = numbers;
    this.#emit = emit;
  }

  up(id: LinkId, peer: NodeId, now: number): Link {
    const link: Link = {
      id,
      peer,
      verify: new TokenBucket(this.#numbers.verifyRate, now),
      bad: new TokenBucket(this.#numbers.badFrameRate, now),
      heardAt: now,
      beatHeardAt: undefined,
      sequence: 0,
      sent: new Map(),
      peerSequence: 0,
      peerBeatAt: now,
      rttMs: undefined,
      late: 0,
      toldQuality: 100,
      toldRtt: UNKNOWN_RTT,
    };
    this.all.set(id, link);
    this.#beat(link, now);
    return link;
  }

  /** When heartbeats leave on all links next: one waking for all of them, and company for what may wait. */
  get roundAt(): number {
    return this.#roundAt;
  }

  onHeartbeat(link: Link, head: HeartbeatHead, now: number): void {
    const [, sequence, echo, heldMs] = head;
    const sentAt = link.sent.get(echo);
    if (sentAt !== undefined) {
      const sample = Math.max(0, now - sentAt - heldMs);
      link.rttMs = link.rttMs === undefined ? sample : link.rttMs * 0.8 + sample * 0.2;
    }
    if (link.beatHeardAt !== undefined) {
      const late = now - link.beatHeardAt > this.#numbers.heartbeatMs * 2 ? 1 : 0;
      link.late = link.late * 0.9 + late * 0.1;
    }
    link.beatHeardAt = now;
    link.peerSequence = sequence;
    link.peerBeatAt = now;
    // A peer that has no round trip yet gets its echo at once.
    if (echo === 0) this.#beat(link, now);
  }

  /** Sends due heartbeats and closes silent links. */
  tick(now: number): void {
    // While we did not run ourselves (a busy phone, a paused process) nobody could be heard: that time is no silence.
    const gap = this.#tickedAt === undefined ? 0 : now - this.#tickedAt;
    const stall = Math.max(0, gap - this.#numbers.heartbeatMs - this.#numbers.lateTickMs);
    this.#tickedAt = now;
    const round = now >= this.#roundAt;
    if (round) this.#roundAt = now + this.#numbers.heartbeatMs;
    for (const link of this.all.values()) {
      if (stall > 0) link.heardAt = Math.min(now, link.heardAt + stall + this.#numbers.lateTickMs);
      if (now - link.heardAt >= this.#numbers.silentMs) {
        this.#emit({ do: 'close', link: link.id, reason: 'silent' });
        continue;
      }
      if (round) this.#beat(link, now);
    }
  }

  nextAt(): number {
    if (this.all.size === 0) return Number.POSITIVE_INFINITY;
    let at = this.#roundAt;
    for (const link of this.all.values()) at = Math.min(at, link.heardAt + this.#numbers.silentMs);
    return at;
  }

  /** Refreshes what we tell about the link; true when it differs so much that others should know soon. */
  appraise(link: Link): boolean {
    const quality = Math.round(qualityOf(link) * 100);
    const rtt = link.rttMs === undefined ? UNKNOWN_RTT : Math.min(UNKNOWN_RTT - 1, Math.round(link.rttMs));
    const change = Math.abs(quality - link.toldQuality);
    const rttMoved = Math.abs(rtt - link.toldRtt) > Math.max(2, link.toldRtt * 0.25);
    if (change >= 5) link.toldQuality = quality;
    if (rttMoved) link.toldRtt = rtt;
    return change >= CLEAR_CHANGE;
  }

  #beat(link: Link, now: number): void {
    link.sequence += 1;
    link.sent.set(link.sequence, now);
    link.sent.delete(link.sequence - SENT_REMEMBERED);
    const heldMs = Math.min(600_000, Math.round(now - link.peerBeatAt));
    const frame = encodeHead([FrameType.heartbeat, link.sequence, link.peerSequence, heldMs]);
    this.#emit({ do: 'send', link: link.id, frame, priority: 'control' });
  }
}

/** 0..1: a second of round trip halves it, late heartbeats lower it. */
export const qualityOf = (link: Link): number => (1 / (1 + (link.rttMs ?? 0) / 1_000)) * (1 - link.late);
