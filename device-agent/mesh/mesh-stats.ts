// What a node counts: traffic per link, and everything that it refused, by reason.

import type { LinkStats } from './link/ws-link.ts';
import type { NodeId } from './port.ts';

export interface MeshStats {
  readonly links: readonly (LinkStats & {
    readonly peer: NodeId;
    readonly dialledByUs: boolean;
    readonly rttMs: number | undefined;
    readonly quality: number;
  })[];
  readonly streams: number;
  /**
   * Drop reasons of the core and error codes of links and sealed messages → how often.
   * Links that we ended count as link-silent, link-misbehaving, link-duplicate, link-overrun.
   */
  readonly drops: Readonly<Record<string, number>>;
  /** Origins whose messages we throttle at the moment. */
  readonly flooders: readonly { readonly nodeId: NodeId; readonly drops: number }[];
}

export class DropCounter {
  readonly #counts = new Map<string, number>();

  count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
