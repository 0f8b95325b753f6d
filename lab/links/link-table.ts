// All bridged links of the lab host.

import { AbhayaError, type Clock, type Logger, type Random } from '#base';
import type { LinkView } from '#schemas';
import { type BridgedLink, createBridgedLink, type LinkEnd } from './bridged-link.ts';
import type { LinkShape } from './shape.ts';

export interface LinkTable {
  /** Adds a link between two phones, or returns the one that is there. */
  add(a: string, b: string, shape?: LinkShape): LinkView;
  /** Throws `not-found`. */
  remove(linkId: string): Promise<void>;
  removeOf(serial: string): Promise<void>;
  list(): LinkView[];
  /** The phone's agent came: its links that wait try at once. */
  poke(serial: string): void;
  close(): Promise<void>;
}

export function createLinkTable(options: {
  endOf: (serial: string) => LinkEnd | undefined;
  onChange: (view: LinkView) => void;
  clock: Clock;
  random: Random;
  logger: Logger;
}): LinkTable {
  const links = new Map<string, BridgedLink>();

  async function remove(linkId: string): Promise<void> {
    const link = links.get(linkId);
    if (!link) throw new AbhayaError('not-found', `there is no link ${linkId}`);
    links.delete(linkId);
    await link.close();
  }

  return {
    add(first, second, shape) {
      if (first === second) throw new AbhayaError('input.invalid', 'a link needs two phones');
      const [a, b] = [first, second].sort() as [string, string];
      const linkId = `${a}.${b}`.replace(/[^A-Za-z0-9._-]/g, '-');
      const there = links.get(linkId);
      if (there) {
        if (shape) there.reshape(shape);
        return there.view();
      }
      const link = createBridgedLink({ ...options, linkId, a, b, ...(shape ? { shape } : {}) });
      links.set(linkId, link);
      return link.view();
    },
    remove,
    async removeOf(serial) {
      const mine = [...links].filter(([, { a, b }]) => a === serial || b === serial);
      await Promise.all(mine.map(([linkId]) => remove(linkId)));
    },
    list: () => [...links.values()].map((link) => link.view()),
    poke(serial) {
      for (const link of links.values()) if (link.a === serial || link.b === serial) link.poke();
    },
    async close() {
      await Promise.all([...links.keys()].map(remove));
    },
  };
}
