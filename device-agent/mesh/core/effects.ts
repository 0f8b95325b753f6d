// What the mesh core asks its surroundings to do. The core never does any of it itself.

import type { UnicastClass } from '#schemas';
import type { NodeId } from '../port.ts';

/** Names one connection, not one neighbour; given by the link adapter, never used twice. */
export type LinkId = number;

export type Priority = 'control' | 'bulk';

export type DropReason =
  | 'malformed'
  | 'too-large'
  | 'forged'
  | 'duplicate'
  | 'stale'
  | 'ttl'
  | 'loop'
  | 'no-route'
  | 'rate-limited'
  | 'table-full'
  | 'unknown-link';

export interface Unicast {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly class: UnicastClass;
  /** 16 bytes. */
  readonly channel: Uint8Array;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export type Effect =
  | { readonly do: 'send'; readonly link: LinkId; readonly frame: Uint8Array; readonly priority: Priority }
  | {
      readonly do: 'deliver-broadcast';
      readonly from: NodeId;
      readonly kind: string;
      readonly body: Uint8Array;
      readonly hops: number;
    }
  | { readonly do: 'deliver-unicast'; readonly message: Unicast; readonly hops: number }
  /** Nodes, links or routes have changed. */
  | { readonly do: 'topology' }
  | { readonly do: 'close'; readonly link: LinkId; readonly reason: 'silent' | 'misbehaving' }
  | {
      readonly do: 'dropped';
      readonly reason: DropReason;
      readonly link?: LinkId;
      /** The origin or sender that the frame names: proven only for `rate-limited`. */
      readonly from?: NodeId;
      readonly what: string;
    };

export type EmitEffect = (effect: Effect) => void;
