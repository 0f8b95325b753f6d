// Signed floods: each origin's messages once, within their ttl, and not more often than its buckets allow.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type BroadcastHead, FrameType } from '#schemas';
import type { NodeId } from '../port.ts';
import type { EmitEffect, LinkId } from './effects.ts';
import { broadcastToSign, encodeFrame } from './frame-codec.ts';
import type { Link, Links } from './links.ts';
import type { MeshNumbers } from './numbers.ts';
import type { Sequence } from './sequence.ts';
import { TokenBucket } from './token-bucket.ts';

export interface BroadcastsOptions {
  readonly self: NodeId;
  readonly numbers: MeshNumbers;
  readonly links: Links;
  readonly sequence: Sequence;
  readonly emit: EmitEffect;
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly verify: (id: NodeId, message: Uint8Array, signature: Uint8Array) => boolean;
  /** Newest sequence number in the origin's originator messages, if known. */
  readonly newestOf: (origin: NodeId) => number | undefined;
  readonly onRateLimited: (origin: NodeId, now: number) => void;
}

/** Which of an origin's numbers have come: the last ones by name, all below the floor as gone. */
class Seen {
  readonly numbers = new Set<number>();
  floor = -1;

  add(number: number, keep: number): void {
    this.numbers.add(number);
    if (this.numbers.size <= keep) return;
    const sorted = [...this.numbers].sort((a, b) => a - b);
    const cut = sorted[sorted.length >> 1] as number;
    for (const old of sorted) if (old < cut) this.numbers.delete(old);
    this.floor = cut - 1;
  }
}

const MAX_ORIGINS = 4_096;

export class Broadcasts {
  readonly #o: BroadcastsOptions;
  readonly #selfBytes: Uint8Array;
  readonly #seen = new Map<NodeId, Seen>();
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: BroadcastsOptions) {
    this.#o = options;
    this.#selfBytes = hexToBytes(options.self);
  }

  originate(kind: string, body: Uint8Array, ttl: number, now: number): void {
    const number = this.#o.sequence.next(now);
    const signature = this.#o.sign(broadcastToSign(this.#selfBytes, number, ttl, kind, body));
    this.#flood([FrameType.broadcast, this.#selfBytes, number, ttl, 0, kind, signature], body, undefined);
  }

  onFrame(link: Link, head: BroadcastHead, body: Uint8Array, now: number): void {
    const [, originBytes, number, ttl, hopsBefore, kind, signature] = head;
    const { numbers, emit } = this.#o;
    const from = bytesToHex(originBytes);
    const hops = hopsBefore + 1;
    const seen = this.#seen.get(from);
    // The common case, many times per message: silent.
    if (from === this.#o.self || seen?.numbers.has(number)) return;
    const drop = (reason: 'stale' | 'ttl' | 'rate-limited' | 'forged') =>
      emit({ do: 'dropped', reason, link: link.id, from, what: kind });
    if (hops > ttl) return void drop('ttl');
    const newest = this.#o.newestOf(from) ?? 0;
    if (number <= (seen?.floor ?? -1) || number < newest - numbers.broadcastAgeMs) return void drop('stale');
    if (!link.verify.take(now)) return void drop('rate-limited');
    if (!this.#o.verify(from, broadcastToSign(originBytes, number, ttl, kind, body), signature))
      return void drop('forged');
    this.#remember(from, number);
    if (!this.#bucket(from, kind, now).take(now)) {
      this.#o.onRateLimited(from, now);
      return void drop('rate-limited');
    }
    emit({ do: 'deliver-broadcast', from, kind, body, hops });
    if (hops < ttl) {
      this.#flood([FrameType.broadcast, originBytes, number, ttl, hops, kind, signature], body, link.id);
    }
  }

  /** Forgets what would change nothing. */
  tick(now: number): void {
    for (const [name, bucket] of this.#buckets) if (bucket.idle(now)) this.#buckets.delete(name);
  }

  #remember(from: NodeId, number: number): void {
    const seen = this.#seen.get(from) ?? new Seen();
    seen.add(number, this.#o.numbers.seenPerOrigin);
    // Insertion order is order of use: the origin silent for longest is forgotten first.
    this.#seen.delete(from);
    this.#seen.set(from, seen);
    const oldest = this.#seen.size > MAX_ORIGINS ? this.#seen.keys().next().value : undefined;
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  #bucket(from: NodeId, kind: string, now: number): TokenBucket {
    const name = `${from} ${kind}`;
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      const { broadcastRate, broadcastRateOf } = this.#o.numbers;
      bucket = new TokenBucket(broadcastRateOf[kind] ?? broadcastRate, now);
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  #flood(head: BroadcastHead, body: Uint8Array, except: LinkId | undefined): void {
    const frame = encodeFrame(head, body);
    for (const link of this.#o.links.all.keys()) {
      if (link !== except) this.#o.emit({ do: 'send', link, frame, priority: 'control' });
    }
  }
}
