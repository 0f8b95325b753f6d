// All links of the lab host, bridged and direct: two phones have one link at most, of one kind.

import { AbhayaError, type Clock, type Logger, type Random } from '#base';
import type { DirectLinksReport, LinkKind, LinkView } from '#schemas';
import { type BridgedLink, createBridgedLink } from './bridged-link.ts';
import { createDirectLinks } from './direct-links.ts';
import type { LinkEnd } from './link-end.ts';
import type { LinkShape } from './shape.ts';

export interface LinkTable {
  /**
   * Adds a link between two phones, or returns the one that is there; one of the other kind is replaced.
   * Throws `input.invalid` for a direct link with a shape.
   */
  add(a: string, b: string, options?: { kind?: LinkKind; shape?: LinkShape }): Promise<LinkView>;
  /** Throws `not-found`. */
  remove(linkId: string): Promise<void>;
  /** The phone is gone for good. */
  removeOf(serial: string): Promise<void>;
  list(): LinkView[];
  /** The phone's agent came: direct links are told to it, and its bridged ones that wait try at once. */
  attached(serial: string): Promise<void>;
  detached(serial: string): void;
  /** What an agent says of its direct links. */
  told(serial: string, report: DirectLinksReport): void;
  close(): Promise<void>;
}

type Entry = { readonly a: string; readonly b: string } & (
  | { readonly kind: 'bridged'; readonly link: BridgedLink }
  | { readonly kind: 'direct' }
);

export function createLinkTable(options: {
  endOf: (serial: string) => LinkEnd | undefined;
  onChange: (view: LinkView) => void;
  onGone: (linkId: string) => void;
  clock: Clock;
  random: Random;
  logger: Logger;
}): LinkTable {
  const entries = new Map<string, Entry>();
  const direct = createDirectLinks(options);

  const viewOf = (linkId: string, entry: Entry): LinkView =>
    entry.kind === 'bridged' ? entry.link.view() : direct.view(linkId);
  const end = (linkId: string, entry: Entry): Promise<void> =>
    entry.kind === 'bridged' ? entry.link.close() : direct.remove(linkId);

  async function remove(linkId: string): Promise<void> {
    const entry = entries.get(linkId);
    if (!entry) throw new AbhayaError('not-found', `there is no link ${linkId}`);
    entries.delete(linkId);
    await end(linkId, entry);
    if (!entries.has(linkId)) options.onGone(linkId);
  }

  function open(linkId: string, a: string, b: string, kind: LinkKind, shape?: LinkShape): Entry {
    if (kind === 'direct') {
      direct.add(linkId, a, b);
      return { a, b, kind };
    }
    return { a, b, kind, link: createBridgedLink({ ...options, linkId, a, b, ...(shape ? { shape } : {}) }) };
  }

  return {
    async add(first, second, { kind = 'bridged', shape } = {}) {
      if (first === second) throw new AbhayaError('input.invalid', 'a link needs two phones');
      if (kind === 'direct' && shape)
        throw new AbhayaError(
          'input.invalid',
          'a direct link has no delay, loss or rate: it is not the lab host that carries it',
        );
      const [a, b] = [first, second].sort() as [string, string];
      const linkId = `${a}.${b}`.replace(/[^A-Za-z0-9._-]/g, '-');
      const there = entries.get(linkId);
      if (there?.kind === kind) {
        if (shape && there.kind === 'bridged') there.link.reshape(shape);
        return viewOf(linkId, there);
      }
      // The old one has begun to end before the new one opens; no moment has both or neither in the table.
      const ended = there && end(linkId, there);
      const entry = open(linkId, a, b, kind, shape);
      entries.set(linkId, entry);
      await ended;
      return viewOf(linkId, entry);
    },
    remove,
    async removeOf(serial) {
      const mine = [...entries].filter(([, { a, b }]) => a === serial || b === serial);
      await Promise.all(mine.map(([linkId]) => remove(linkId)));
      direct.forget(serial);
    },
    list: () => [...entries].map(([linkId, entry]) => viewOf(linkId, entry)),
    async attached(serial) {
      await direct.attached(serial);
      for (const { a, b, ...entry } of entries.values()) {
        if (entry.kind === 'bridged' && (a === serial || b === serial)) entry.link.poke();
      }
    },
    detached: (serial) => direct.detached(serial),
    told: (serial, report) => direct.told(serial, report),
    async close() {
      const bridged = [...entries.values()].flatMap((entry) =>
        entry.kind === 'bridged' ? [entry.link] : [],
      );
      entries.clear();
      await Promise.all([direct.close(), ...bridged.map((link) => link.close())]);
    },
  };
}
