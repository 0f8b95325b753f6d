// The table of all nodes that we heard of, fed by signed originator messages; issues ours, passes others' on.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { encodeCbor, FrameType, frameLimits, type KeyStatement, type OriginatorEntry } from '#schemas';
import type { NodeId } from '../port.ts';
import type { EmitEffect, LinkId } from './effects.ts';
import { decodeContent, encodeHead, originatorToSign } from './frame-codec.ts';
import { type LinkRecord, packLinks, prefixOf, sameBytes, sameLinks, unpackLinks } from './link-records.ts';
import { CLEAR_CHANGE, type Link, type Links } from './links.ts';
import type { MeshNumbers } from './numbers.ts';
import type { Sequence } from './sequence.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a node's message says of it. */
export interface Facts {
  readonly key: KeyStatement;
  readonly linkBytes: Uint8Array;
  /** By the first half of the neighbours' ids. */
  readonly links: ReadonlyMap<string, LinkRecord>;
  readonly announcement: Uint8Array;
  readonly seek: NodeId | undefined;
  readonly wide: boolean;
}

/** One node as its newest originator message shows it. */
export interface Origin {
  readonly id: NodeId;
  readonly idBytes: Uint8Array;
  readonly sequence: number;
  hops: number;
  /** The link over which the newest message came first: the way back in meshes too big for a full map. */
  via: LinkId;
  readonly heardAt: number;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
  readonly facts: Facts;
}

export interface OriginatorsOptions {
  readonly self: NodeId;
  readonly numbers: MeshNumbers;
  readonly links: Links;
  readonly sequence: Sequence;
  readonly emit: EmitEffect;
  readonly random: () => number;
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly verify: (id: NodeId, message: Uint8Array, signature: Uint8Array) => boolean;
  /** The map has changed: nodes, links or announcements, or only what wavers. */
  readonly onChange: (how: 'clearly' | 'slightly') => void;
  readonly onRateLimited: (origin: NodeId, now: number) => void;
}

const FLOORS = 4_096;
const ENTRY_OVERHEAD = 160;
const EMPTY = new Uint8Array();

export class Originators {
  readonly #o: OriginatorsOptions;
  readonly #selfBytes: Uint8Array;
  readonly table = new Map<NodeId, Origin>();
  readonly byPrefix = new Map<string, NodeId>();
  /** Sequence numbers of forgotten nodes: their old messages stay old. */
  readonly #floors = new Map<NodeId, number>();
  readonly #buckets = new Map<NodeId, TokenBucket>();
  /** What waits to leave: origin → the link that it came over and must not go back to. */
  readonly #forward = new Map<NodeId, LinkId>();
  readonly #sync = new Set<LinkId>();
  #flushAt = Number.POSITIVE_INFINITY;
  #issueAt: number;
  #issuedAt = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;
  #expireAt: number;
  #seek: NodeId | undefined;
  #wide = false;
  #answer: TokenBucket;
  #seekRate: TokenBucket;
  announcement: Uint8Array = EMPTY;
  key: KeyStatement;
  own: OriginatorEntry | undefined;

  constructor(options: OriginatorsOptions, key: KeyStatement, now: number) {
    this.#o = options;
    this.key = key;
    this.#selfBytes = hexToBytes(options.self);
    this.#issueAt = now;
    this.#expireAt = now + 1_000;
    this.#answer = new TokenBucket({ perSecond: 1, burst: 3 }, now);
    this.#seekRate = new TokenBucket({ perSecond: 2, burst: 8 }, now);
  }

  /** More nodes than a full map is kept for. */
  get scoped(): boolean {
    return this.table.size > this.#o.numbers.fullMapNodes;
  }

  onLinkUp(link: Link, now: number): void {
    this.#sync.add(link.id);
    this.#flushAt = Math.min(this.#flushAt, now + this.#o.numbers.coalesceMs);
    this.changed(now);
  }

  onLinkDown(link: LinkId, now: number): void {
    this.#sync.delete(link);
    this.changed(now);
  }

  /** Ours is to be told soon: within one coalescing time, but not more often than the gap allows. */
  changed(now: number): void {
    const { coalesceMs, originatorGapMs } = this.#o.numbers;
    const soon = Math.max(now + this.#o.random() * coalesceMs, this.#issuedAt + originatorGapMs);
    this.#issueAt = Math.min(this.#issueAt, soon);
    this.#changedAt = now;
  }

  /** Asks the whole mesh for a way to a node beyond our map. False when asked too often. */
  seek(target: NodeId, now: number): boolean {
    if (!this.#seekRate.take(now)) return false;
    this.#seek = target;
    this.#wide = true;
    this.changed(now);
    return true;
  }

  onEntries(link: Link, entries: readonly OriginatorEntry[], now: number): void {
    for (const entry of entries) this.#onEntry(link, entry, now);
  }

  #onEntry(
    link: Link,
    [idBytes, sequence, hopsBefore, content, signature]: OriginatorEntry,
    now: number,
  ): void {
    const { numbers, emit, self } = this.#o;
    const id = bytesToHex(idBytes);
    const hops = hopsBefore + 1;
    if (id === self) {
      if (
        sequence > this.#o.sequence.last &&
        this.#verified(link, id, idBytes, sequence, content, signature, now)
      ) {
        this.#o.sequence.raise(sequence);
        this.changed(now);
      }
      return;
    }
    const known = this.table.get(id);
    if (known && sequence <= known.sequence) {
      if (sequence === known.sequence && hops < known.hops) {
        known.hops = hops;
        known.via = link.id;
      }
      return;
    }
    if (sequence <= (this.#floors.get(id) ?? -1)) {
      return void emit({ do: 'dropped', reason: 'stale', link: link.id, from: id, what: 'originator' });
    }
    if (!known && this.table.size >= numbers.maxNodes) {
      return void emit({ do: 'dropped', reason: 'table-full', link: link.id, from: id, what: 'originator' });
    }
    if (!this.#verified(link, id, idBytes, sequence, content, signature, now)) return;
    let bucket = this.#buckets.get(id);
    if (!bucket) {
      bucket = new TokenBucket(numbers.originatorRate, now);
      this.#buckets.set(id, bucket);
    }
    if (!bucket.take(now)) {
      this.#o.onRateLimited(id, now);
      return void emit({
        do: 'dropped',
        reason: 'rate-limited',
        link: link.id,
        from: id,
        what: 'originator',
      });
    }
    this.#store(link, known, { id, idBytes, sequence, hops, content, signature }, now);
  }

  #verified(
    link: Link,
    id: NodeId,
    idBytes: Uint8Array,
    sequence: number,
    content: Uint8Array,
    signature: Uint8Array,
    now: number,
  ): boolean {
    if (!link.verify.take(now)) {
      this.#o.emit({ do: 'dropped', reason: 'rate-limited', link: link.id, what: 'signature checks' });
      return false;
    }
    if (this.#o.verify(id, originatorToSign(idBytes, sequence, content), signature)) return true;
    this.#o.emit({ do: 'dropped', reason: 'forged', link: link.id, from: id, what: 'originator' });
    return false;
  }

  #store(
    link: Link,
    known: Origin | undefined,
    entry: Pick<Origin, 'id' | 'idBytes' | 'sequence' | 'hops' | 'content' | 'signature'>,
    now: number,
  ): void {
    const { numbers } = this.#o;
    // Most messages only say that nothing has changed: what their content meant before, it still means.
    const same = known !== undefined && sameBytes(known.content, entry.content);
    const facts = same ? known.facts : factsOf(entry.content);
    if (!facts) {
      return void this.#o.emit({
        do: 'dropped',
        reason: 'malformed',
        link: link.id,
        from: entry.id,
        what: 'originator',
      });
    }
    const content = same ? known.content : entry.content;
    this.table.set(entry.id, { ...entry, content, via: link.id, heardAt: now, facts });
    this.byPrefix.set(prefixOf(entry.id), entry.id);
    const { seek, wide } = facts;
    const refresh = same || (known !== undefined && isRefresh(known.facts, facts));
    if (!refresh) this.#o.onChange('clearly');
    else if (this.scoped && (known.via !== link.id || known.hops !== entry.hops)) this.#o.onChange('clearly');
    else if (!sameBytes(known.facts.linkBytes, facts.linkBytes)) this.#o.onChange('slightly');
    if (seek === this.#o.self && this.#answer.take(now)) {
      this.#wide = true;
      this.changed(now);
    }
    if (entry.hops < numbers.maxHops && (wide || !this.scoped || entry.hops < numbers.scopeHops)) {
      this.#forward.set(entry.id, link.id);
      const mayWait = refresh && !wide && seek === undefined;
      const leaveAt = mayWait
        ? Math.min(this.#o.links.roundAt, now + numbers.refreshBudgetMs / entry.hops)
        : now + numbers.coalesceMs;
      this.#flushAt = Math.min(this.#flushAt, Math.max(now, leaveAt));
    }
  }

  tick(now: number): void {
    if (now >= this.#issueAt) this.#issue(now);
    if (now >= this.#flushAt) this.#flush();
    if (now >= this.#expireAt) this.#expire(now);
  }

  nextAt(): number {
    return Math.min(this.#issueAt, this.#flushAt, this.#expireAt);
  }

  #issue(now: number): void {
    const { numbers, links, random, sequence, sign } = this.#o;
    const neighbours = new Map<NodeId, { peer: NodeId; quality: number; rtt: number }>();
    for (const link of links.all.values()) {
      links.appraise(link);
      const before = neighbours.get(link.peer);
      if (!before || before.quality < link.toldQuality) {
        neighbours.set(link.peer, { peer: link.peer, quality: link.toldQuality, rtt: link.toldRtt });
      }
    }
    const seek = this.#seek === undefined ? EMPTY : hexToBytes(this.#seek);
    const content = encodeHead([
      1,
      this.key,
      packLinks([...neighbours.values()]),
      this.announcement,
      seek,
      this.#wide,
    ]);
    this.#seek = undefined;
    this.#wide = false;
    const number = sequence.next(now);
    this.own = [
      this.#selfBytes,
      number,
      0,
      content,
      sign(originatorToSign(this.#selfBytes, number, content)),
    ];
    this.#issuedAt = now;
    // A quiet mesh needs fewer messages: half the rate once nothing has changed for a while.
    const calm = now - this.#changedAt > numbers.originatorMaxMs;
    const base = calm ? numbers.originatorMaxMs * 0.9 : numbers.originatorMinMs;
    this.#issueAt = now + base * (1 + random() * 0.1);
    for (const link of links.all.keys()) this.#send(link, [this.own]);
  }

  #flush(): void {
    this.#flushAt = Number.POSITIVE_INFINITY;
    const forward = [...this.#forward];
    for (const link of this.#o.links.all.keys()) {
      const ids = this.#sync.has(link)
        ? [...this.table.values()]
            .filter((o) => !this.scoped || o.hops < this.#o.numbers.scopeHops)
            .map((o) => o.id)
        : forward.filter(([, from]) => from !== link).map(([id]) => id);
      const entries: OriginatorEntry[] = [];
      for (const id of ids) {
        const o = this.table.get(id);
        if (o && o.via !== link) entries.push([o.idBytes, o.sequence, o.hops, o.content, o.signature]);
      }
      if (this.#sync.has(link) && this.own) entries.push(this.own);
      this.#send(link, entries);
    }
    this.#forward.clear();
    this.#sync.clear();
  }

  /** As many frames as the size limit asks for. */
  #send(link: LinkId, entries: readonly OriginatorEntry[]): void {
    let batch: OriginatorEntry[] = [];
    let size = 16;
    const leave = () => {
      if (batch.length === 0) return;
      const frame = encodeCbor([FrameType.originators, batch]);
      this.#o.emit({ do: 'send', link, frame, priority: 'control' });
      batch = [];
      size = 16;
    };
    for (const entry of entries) {
      const bytes = entry[3].length + ENTRY_OVERHEAD;
      if (size + bytes > frameLimits.originators || batch.length >= 512) leave();
      batch.push(entry);
      size += bytes;
    }
    leave();
  }

  #expire(now: number): void {
    this.#expireAt = now + 1_000;
    for (const origin of this.table.values()) {
      if (now - origin.heardAt <= this.#o.numbers.expiryMs) continue;
      this.table.delete(origin.id);
      this.byPrefix.delete(prefixOf(origin.id));
      this.#floors.delete(origin.id);
      this.#floors.set(origin.id, origin.sequence);
      const oldest = this.#floors.size > FLOORS ? this.#floors.keys().next().value : undefined;
      if (oldest !== undefined) this.#floors.delete(oldest);
      this.#o.onChange('clearly');
    }
    for (const [id, bucket] of this.#buckets) if (bucket.idle(now)) this.#buckets.delete(id);
    for (const link of this.#o.links.all.values()) if (this.#o.links.appraise(link)) this.changed(now);
  }
}

/** Whether a message changes nothing that others wait for: not its key, announcement, neighbours or a quality clearly. */
const isRefresh = (before: Facts, after: Facts): boolean =>
  sameBytes(before.announcement, after.announcement) &&
  sameBytes(before.key[1], after.key[1]) &&
  sameLinks(before.links, after.links, CLEAR_CHANGE);

/** Throws `wire.malformed`; undefined when the packed links are no such list. */
function factsOf(content: Uint8Array): Facts | undefined {
  const [, key, linkBytes, announcement, seek, wide] = decodeContent(content);
  const links = unpackLinks(linkBytes);
  return (
    links && {
      key,
      linkBytes,
      links,
      announcement,
      seek: seek.length === 32 ? bytesToHex(seek) : undefined,
      wide,
    }
  );
}
