// A node of the mesh as the agent's own rooms see it: the mesh of port.ts, and the doors through which links come.

import type { Duplex } from 'node:stream';
import type { NodeIdentity } from '#agent/identity';
import type { Clock, Logger, Random, Unsubscribe } from '#base';
import type { MeshNumbers } from './core/numbers.ts';
import type { Dialler } from './link/dialler.ts';
import type { LinkEnd, LinkStats } from './link/ws-link.ts';
import type { MeshStats } from './mesh-stats.ts';
import type { Mesh, NodeId } from './port.ts';
import type { StreamNumbers } from './streams/mesh-stream.ts';

export interface MeshNodeOptions {
  readonly identity: NodeIdentity;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Aborting it closes the node. */
  readonly signal?: AbortSignal;
  /** Which nodes may have links to us when they dial and no peer is expected. Default: none. */
  readonly allow?: (peer: NodeId) => boolean;
  readonly numbers?: Partial<MeshNumbers>;
  readonly streamNumbers?: Partial<StreamNumbers>;
}

export interface AttachedLink {
  readonly peer: NodeId;
  /** Resolves when the link is over. */
  readonly ended: Promise<LinkEnd>;
  close(): void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Traffic of the link that the peer has dialled to here, while there is one. */
  linkOf(peer: NodeId): LinkStats | undefined;
  /** Ends the link that the peer has dialled to here. */
  drop(peer: NodeId): void;
  /** Ends all links that came in here, too. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly allow?: (peer: NodeId) => boolean;
  /** Called after a link came in here, or ended. */
  readonly onChange?: () => void;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  readonly peer: NodeId;
  /** Called after the dialler's state or last error has changed. */
  readonly onChange?: () => void;
}

export interface MeshNode extends Mesh {
  /** Accepts links of allowed nodes at this address. Throws `conflict` when the port is taken, `device.unsupported` when the address isn't ours. */
  listen(options: ListenOptions): Promise<Listener>;
  /** Keeps a link to the peer alive until the dialler is closed. */
  dial(options: DialOptions): Dialler;
  /** Makes a link over a connected stream, whose other end attaches an acceptor. Owns the stream from now on. */
  attachDialler(socket: Duplex, peer: NodeId): Promise<AttachedLink>;
  /** The accepting end; `peer` pins who must be there, otherwise `allow` decides. */
  attachAcceptor(socket: Duplex, peer?: NodeId): Promise<AttachedLink>;
  /** What our originator messages tell of us beside links: opaque to the mesh, at most 2 KiB. */
  setAnnouncement(bytes: Uint8Array): void;
  announcementOf(node: NodeId): Uint8Array | undefined;
  /** Every frame as it comes from a neighbour, before it is judged: for captures. The bytes must not be changed. */
  onFrame(listener: (frame: Uint8Array, from: NodeId) => void): Unsubscribe;
  stats(): MeshStats;
  /** Streams are reset, links closed. Calling it twice is harmless. */
  close(): Promise<void>;
}
