// What links need of an attached agent.

import type { Duplex } from 'node:stream';
import type { DirectLinksOrder, DirectLinksReport } from '#schemas';

export interface LinkEnd {
  readonly nodeId: string;
  expectLink(link: { linkId: string; token: string; role: 'dial' | 'accept'; peer: string }): Promise<void>;
  openBridge(signal: AbortSignal): Promise<Duplex>;
  /** Where this phone listens for direct links; undefined: at its own address, which its agent finds. */
  readonly directHost: string | undefined;
  setDirectLinks(order: DirectLinksOrder): Promise<DirectLinksReport>;
}
