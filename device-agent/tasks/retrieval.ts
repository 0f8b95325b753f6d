// Fetching a package that a task needs from the best device that has it (spec 04, step 6). What comes is read as
// any hostile package; one fetch serves all tasks that wait for the same bytes.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mesh } from '#agent/mesh';
import type { LibraryEntry, ServiceLibrary } from '#agent/services';
import { AbhayaError, type Clock, type Logger, type Random, toErrorShape } from '#base';
import { packageLimits, type WireServiceKey } from '#schemas';
import type { Discovery } from './discovery.ts';
import { pullFile } from './transfer.ts';

export interface RetrievalOptions {
  readonly mesh: Mesh;
  readonly library: ServiceLibrary;
  readonly discovery: Discovery;
  /** Exists; partial files only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly idleMs: number;
}

/** Bytes received of the package, its size, and the device that sends it. */
type OnBytes = (received: number, total: number, source: string) => void;

export interface Retrieval {
  /** The entry, after fetching it if need be. Throws `not-found` when no source has it, else the last source's error. */
  get(key: WireServiceKey, sources: readonly string[], onBytes: OnBytes): Promise<LibraryEntry>;
}

interface Fetch {
  readonly entry: Promise<LibraryEntry>;
  readonly watchers: Set<OnBytes>;
}

export function createRetrieval(options: RetrievalOptions): Retrieval {
  const { library, discovery, clock, logger, signal } = options;
  const running = new Map<string, Fetch>();

  const fromOne = async (
    source: string,
    key: WireServiceKey,
    fetch: Fetch['watchers'],
  ): Promise<LibraryEntry> => {
    const { manifestSha256 } = key;
    const target = join(options.folder, `${Buffer.from(options.random.bytes(8)).toString('hex')}.meshsvc`);
    const startedAt = clock.monotonic();
    try {
      const { bytes } = await pullFile({
        mesh: options.mesh,
        from: source,
        header: (offset) => ({ kind: 'retrieve_service', manifestSha256, offset }),
        target,
        maxBytes: packageLimits.packedBytes,
        idleMs: options.idleMs,
        clock,
        signal,
        own: () => undefined,
        onBytes: (received, total) => {
          for (const watch of fetch) watch(received, total, source);
        },
      });
      discovery.transferred(manifestSha256, source, bytes / Math.max(1, clock.monotonic() - startedAt));
      return await library.add(target, { signal, expect: key });
    } finally {
      await rm(target, { force: true });
    }
  };

  const fromAny = async (
    key: WireServiceKey,
    named: readonly string[],
    watchers: Fetch['watchers'],
  ): Promise<LibraryEntry> => {
    const others = (list: readonly string[]) => list.filter((nodeId) => nodeId !== options.mesh.nodeId);
    const tried = new Set<string>();
    let last: unknown = new AbhayaError('not-found', 'no device in reach has the package');
    const known = discovery.known(key.manifestSha256)?.sources.map(({ nodeId }) => nodeId) ?? [];
    for (const more of [
      async () => [...known, ...named],
      () => discovery.sourcesOf(key.manifestSha256, signal),
    ]) {
      for (const source of others(await more())) {
        if (tried.has(source)) continue;
        tried.add(source);
        try {
          return await fromOne(source, key, watchers);
        } catch (error) {
          if (signal.aborted) throw error;
          last = error;
          discovery.forget(key.manifestSha256, source);
          logger.warn('a source of a package failed', { source, ...toErrorShape(error) });
        }
      }
    }
    throw last;
  };

  return {
    async get(key, sources, onBytes) {
      const here = library.get(key.manifestSha256);
      if (here) return here;
      let fetch = running.get(key.manifestSha256);
      if (!fetch) {
        const watchers: Fetch['watchers'] = new Set();
        const entry = fromAny(key, sources, watchers).finally(() => running.delete(key.manifestSha256));
        fetch = { entry, watchers };
        running.set(key.manifestSha256, fetch);
      }
      fetch.watchers.add(onBytes);
      try {
        return await fetch.entry;
      } finally {
        fetch.watchers.delete(onBytes);
      }
    },
  };
}
