// The open links by peer. Of two links between the same pair both ends keep the same one, without talking about it.

import type { NodeId } from '../port.ts';
import type { WsLink } from './ws-link.ts';

/** Positive when a is to be kept rather than b: the smaller id's dialling wins, then its later number. */
export function compareLinks(self: NodeId, a: WsLink, b: WsLink): number {
  const byLower = (link: WsLink) => (link.facts.dialledByUs === self < link.facts.peer ? 1 : 0);
  return byLower(a) - byLower(b) || a.facts.number - b.facts.number;
}

export class LinkSet {
  readonly #self: NodeId;
  readonly #byPeer = new Map<NodeId, { id: number; link: WsLink }>();
  readonly #byId = new Map<number, WsLink>();
  readonly #waiting = new Map<NodeId, Set<() => void>>();
  #nextId = 1;

  constructor(self: NodeId) {
    this.#self = self;
  }

  get(id: number): WsLink | undefined {
    return this.#byId.get(id);
  }

  ofPeer(peer: NodeId): WsLink | undefined {
    return this.#byPeer.get(peer)?.link;
  }

  entries(): IterableIterator<[number, WsLink]> {
    return this.#byId.entries();
  }

  /** The new link's number and the link that it replaces; undefined when the one that we have is better. */
  add(link: WsLink): { readonly id: number; readonly replaces: number | undefined } | undefined {
    const { peer } = link.facts;
    const before = this.#byPeer.get(peer);
    if (before && compareLinks(this.#self, link, before.link) <= 0) return undefined;
    const id = this.#nextId++;
    this.#byPeer.set(peer, { id, link });
    this.#byId.set(id, link);
    return { id, replaces: before?.id };
  }

  remove(id: number): void {
    const link = this.#byId.get(id);
    if (!link) return;
    this.#byId.delete(id);
    const { peer } = link.facts;
    if (this.#byPeer.get(peer)?.id !== id) return;
    this.#byPeer.delete(peer);
    for (const wake of this.#waiting.get(peer) ?? []) wake();
    this.#waiting.delete(peer);
  }

  /** Resolves when there is no link to the peer, or the signal is aborted. */
  async free(peer: NodeId, signal: AbortSignal): Promise<void> {
    if (!this.#byPeer.has(peer) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const waiters = this.#waiting.get(peer) ?? new Set();
      this.#waiting.set(peer, waiters);
      const wake = () => {
        signal.removeEventListener('abort', wake);
        waiters.delete(wake);
        resolve();
      };
      waiters.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
