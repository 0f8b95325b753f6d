// A node of the mesh as the agent's own rooms see it: the mesh of port.ts, and the doors through which links come.

import type { Duplex } from 'node:stream';
import type { NodeIdentity } from '#agent/identity';
import type { Clock, Logger, Random, Unsubscribe } from '#base';
import type { MeshNumbers } from './core/numbers.ts';
import type { Dialler } from './link/dialler.ts';
import type { LinkEnd } from './link/ws-link.ts';
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
  close(): Promise<void>;
}

export interface MeshNode extends Mesh {
  /** Accepts links of allowed nodes at this address. */
  listen(options: { host: string; port: number; allow?: (peer: NodeId) => boolean }): Promise<Listener>;
  /** Keeps a link to the peer alive until the dialler is closed. */
  dial(options: { host: string; port: number; peer: NodeId }): Dialler;
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
