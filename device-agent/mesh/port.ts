// What the rest of the agent sees of the mesh. Implemented by the real node (mesh-node.ts) and by testers.

import type { Unsubscribe } from '#base';

/** Lower-case hex of the node's 32-byte Ed25519 public key. */
export type NodeId = string;

/** A value that deterministic CBOR can carry. Bytes are Uint8Array; no undefined inside. */
export type WireValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

export interface ReceivedMessage {
  readonly kind: string;
  /** Who signed (broadcast) or sealed (unicast) it: verified, never a claim. */
  readonly from: NodeId;
  readonly body: unknown;
  /** Hops it travelled, 1 for a neighbour. */
  readonly hops: number;
  readonly broadcast: boolean;
}

/** A reliable, ordered, end-to-end encrypted byte stream; survives route changes; back-pressured. */
export interface MeshStream {
  readonly peer: NodeId;
  /** What the opener said the stream is for: CBOR, sealed, at most 4 KiB. */
  readonly header: unknown;
  readonly readable: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more; throws `mesh.stream-reset` when the peer has reset or vanished. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends our direction; resolves when the peer has everything. */
  end(): Promise<void>;
  /** Gives up both directions. Calling it twice is harmless. */
  reset(reason: string): void;
}

export interface MeshNodeView {
  readonly nodeId: NodeId;
  readonly hops: number;
  /** 0 for ourselves. Estimated round trip in ms, when known. */
  readonly rttMs: number | undefined;
  /** 0..1, product of link qualities along the route. */
  readonly quality: number;
  readonly nextHop: NodeId | undefined;
  readonly neighbours: readonly { readonly nodeId: NodeId; readonly quality: number }[];
  readonly lastSeenMs: number;
}

export interface Topology {
  readonly self: NodeId;
  readonly nodes: readonly MeshNodeView[];
}

export interface Mesh {
  readonly nodeId: NodeId;
  /** Signed, deduplicated flood over at most ttl hops. Kinds and bodies are those of schemas/messages. */
  broadcast(kind: string, body: WireValue, options?: { ttl?: number }): void;
  /** End-to-end encrypted datagram of at most 48 KiB: delivered at most once, lost if no route. Throws `mesh.unroutable` when there is no route now. */
  send(to: NodeId, kind: string, body: WireValue): Promise<void>;
  /** Opens an end-to-end encrypted stream. */
  openStream(to: NodeId, header: WireValue, options?: { signal?: AbortSignal }): Promise<MeshStream>;
  onMessage(listener: (message: ReceivedMessage) => void): Unsubscribe;
  onStream(listener: (stream: MeshStream) => void): Unsubscribe;
  /** Called after every change of nodes, links or routes. */
  onTopology(listener: (topology: Topology) => void): Unsubscribe;
  topology(): Topology;
}
