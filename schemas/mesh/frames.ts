// Frames of a mesh link: one packed CBOR header (an array with fixed places), then the payload to the end.
// Packed, because relays read millions of them; each has an exact size limit. Spec 02 "Mesh", encoding.

import { type Static, type TSchema, Type } from 'typebox';
import { ByteString, FixedBytes } from '../common.ts';

/** Also the version handshake: the WebSocket subprotocol of a link, compared exactly. */
export const MESH_PROTOCOL = 'abhaya-mesh.1';

/** Array with one schema per place and nothing after. */
const Packed = <T extends TSchema[]>(...places: T) =>
  Type.Unsafe<{ [K in keyof T]: Static<T[K]> }>({
    type: 'array',
    prefixItems: places,
    items: false,
    minItems: places.length,
    maxItems: places.length,
  });

const Id = FixedBytes(32);
const Signature = FixedBytes(64);
const Counter = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Hops = Type.Integer({ minimum: 0, maximum: 255 });

/** Message kinds are names of the task layer; the mesh only limits their form. */
export const MessageKind = Type.String({ pattern: '^[a-z][a-z0-9_]{0,47}$' });

export const FrameType = { heartbeat: 0, originators: 1, broadcast: 2, unicast: 3 } as const;
export const UnicastClass = { datagram: 0, open: 1, data: 2, control: 3 } as const;
export type UnicastClass = (typeof UnicastClass)[keyof typeof UnicastClass];

/** Largest frame of each type in bytes, header and payload together; none is above 64 KiB. */
export const frameLimits = {
  any: 65_536,
  heartbeat: 64,
  originators: 61_440,
  broadcast: 16_384,
  datagram: 50_176,
  open: 5_120,
  data: 49_152,
  control: 1_024,
} as const;

/** [type, number, number of the peer's last heartbeat or 0, ms between receiving that and sending this] */
export const HeartbeatHead = Packed(
  Type.Literal(FrameType.heartbeat),
  Counter,
  Counter,
  Type.Integer({ minimum: 0, maximum: 600_000 }),
);
export type HeartbeatHead = Static<typeof HeartbeatHead>;

/** [origin, sequence, hops so far, content, signature]; hops is the only part that relays change. */
export const OriginatorEntry = Packed(Id, Counter, Hops, ByteString(8_192, 1), Signature);
export type OriginatorEntry = Static<typeof OriginatorEntry>;

export const OriginatorsHead = Packed(
  Type.Literal(FrameType.originators),
  Type.Array(OriginatorEntry, { minItems: 1, maxItems: 512 }),
);

/** One neighbour in `links`: 16 bytes of its id, quality 0..100, round trip in ms (big endian, 65535 = unknown). */
export const LINK_RECORD_BYTES = 19;
export const MAX_LINKS = 256;
export const MAX_ANNOUNCEMENT_BYTES = 2_048;

/** Epoch (ms, of the node's own clock), X25519 public key, signature by the Ed25519 identity. */
export const KeyStatement = Packed(Counter, FixedBytes(32), Signature);
export type KeyStatement = Static<typeof KeyStatement>;

/** What an originator signs: [version, HPKE key, links, announcement of the agent, node sought or empty, wide] */
export const OriginatorContent = Packed(
  Type.Literal(1),
  KeyStatement,
  ByteString(MAX_LINKS * LINK_RECORD_BYTES),
  ByteString(MAX_ANNOUNCEMENT_BYTES),
  ByteString(32),
  Type.Boolean(),
);
export type OriginatorContent = Static<typeof OriginatorContent>;

/** [type, origin, sequence, ttl, hops, kind, signature], then the body. All but hops is signed. */
export const BroadcastHead = Packed(
  Type.Literal(FrameType.broadcast),
  Id,
  Counter,
  Hops,
  Hops,
  MessageKind,
  Signature,
);
export type BroadcastHead = Static<typeof BroadcastHead>;

/** [type, from, to, ttl, hops, class, channel, sequence], then the sealed payload. All that relays see. */
export const UnicastHead = Packed(
  Type.Literal(FrameType.unicast),
  Id,
  Id,
  Hops,
  Hops,
  Type.Integer({ minimum: 0, maximum: 3 }),
  FixedBytes(16),
  Counter,
);
export type UnicastHead = Static<typeof UnicastHead>;
