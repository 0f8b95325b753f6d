// What is known of services on other devices (spec 04, step 2): bounded, least recently used goes first, entries
// age, and the best sources stand first. Pure; time comes with each call.

import type { ServiceCard } from '#schemas';

export interface CachedSource {
  readonly nodeId: string;
  readonly heardAt: number;
  /** Measured by a transfer, when there was one. */
  readonly bytesPerMs: number | undefined;
}

export interface CachedService {
  readonly card: ServiceCard;
  readonly sources: readonly CachedSource[];
  /** Milliseconds since the newest source was heard. */
  readonly ageMs: number;
}

export interface MetadataCacheOptions {
  readonly maxServices?: number;
  readonly maxSources?: number;
  /** Sources that were silent for longer are gone. */
  readonly maxAgeMs?: number;
  /** Smaller is nearer: of the route as it is now. */
  readonly distance: (nodeId: string) => number;
}

interface Kept {
  readonly card: ServiceCard;
  readonly sources: Map<string, { heardAt: number; bytesPerMs: number | undefined }>;
}

export class MetadataCache {
  readonly #services = new Map<string, Kept>();
  readonly #maxServices: number;
  readonly #maxSources: number;
  readonly #maxAgeMs: number;
  readonly #distance: (nodeId: string) => number;

  constructor(options: MetadataCacheOptions) {
    this.#maxServices = options.maxServices ?? 256;
    this.#maxSources = options.maxSources ?? 8;
    this.#maxAgeMs = options.maxAgeMs ?? 5 * 60_000;
    this.#distance = options.distance;
  }

  /** A device said that it holds the service. */
  heard(card: ServiceCard, nodeId: string, now: number): void {
    const id = card.key.manifestSha256;
    const known = this.#services.get(id);
    // The first card stays: a later liar can't rewrite what an honest source said. The manifest itself decides.
    const kept: Kept = known ?? { card, sources: new Map() };
    this.#services.delete(id);
    this.#services.set(id, kept);
    kept.sources.set(nodeId, { heardAt: now, bytesPerMs: kept.sources.get(nodeId)?.bytesPerMs });
    for (const far of this.#ranked(kept).slice(this.#maxSources)) kept.sources.delete(far.nodeId);
    for (const oldest of this.#services.keys()) {
      if (this.#services.size <= this.#maxServices) break;
      this.#services.delete(oldest);
    }
  }

  /** A transfer from the source was measured. */
  transferred(manifestSha256: string, nodeId: string, bytesPerMs: number): void {
    const source = this.#services.get(manifestSha256)?.sources.get(nodeId);
    if (source) source.bytesPerMs = bytesPerMs;
  }

  /** The source failed or lied. */
  forget(manifestSha256: string, nodeId: string): void {
    this.#services.get(manifestSha256)?.sources.delete(nodeId);
  }

  gone(nodeId: string): void {
    for (const { sources } of this.#services.values()) sources.delete(nodeId);
  }

  get(manifestSha256: string, now: number): CachedService | undefined {
    const kept = this.#services.get(manifestSha256);
    if (!kept) return undefined;
    this.#services.delete(manifestSha256);
    this.#services.set(manifestSha256, kept);
    return this.#view(kept, now);
  }

  /** Services whose card matches and that a living source holds. */
  find(matches: (card: ServiceCard) => boolean, now: number): CachedService[] {
    const found: CachedService[] = [];
    for (const kept of this.#services.values()) {
      const view = matches(kept.card) ? this.#view(kept, now) : undefined;
      if (view) found.push(view);
    }
    return found;
  }

  #view(kept: Kept, now: number): CachedService | undefined {
    for (const [nodeId, { heardAt }] of kept.sources) {
      if (now - heardAt > this.#maxAgeMs) kept.sources.delete(nodeId);
    }
    const sources = this.#ranked(kept);
    if (sources.length === 0) return undefined;
    return { card: kept.card, sources, ageMs: now - Math.max(...sources.map(({ heardAt }) => heardAt)) };
  }

  /** Measured speed halves or doubles distance at most: near and slow may lose to far and fast. */
  #ranked(kept: Kept): CachedSource[] {
    const cost = ({ nodeId, bytesPerMs }: CachedSource): number => {
      const distance = this.#distance(nodeId);
      if (bytesPerMs === undefined) return distance;
      return distance * (bytesPerMs > 5_000 ? 0.5 : bytesPerMs < 100 ? 2 : 1);
    };
    return [...kept.sources]
      .map(([nodeId, source]) => ({ nodeId, ...source }))
      .toSorted((a, b) => cost(a) - cost(b) || b.heardAt - a.heardAt);
  }
}
