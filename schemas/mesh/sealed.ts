// What is inside the end-to-end sealed payloads of the mesh: only sender and recipient ever read it.

import { type Static, Type } from 'typebox';
import { ByteString, FixedBytes } from '../common.ts';
import { KeyStatement, MessageKind } from './frames.ts';

/** Body of a datagram: at most 48 KiB with its kind. */
export const MAX_DATAGRAM_BYTES = 49_152;
export const MAX_STREAM_HEADER_BYTES = 4_096;
/** Plain bytes in one segment of a stream. */
export const SEGMENT_BYTES = 40_960;

const Offset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * In clear before the ciphertext of a datagram and of a stream's opening: what the recipient needs to set up
 * the HPKE context. Relays could read it; it holds public keys only.
 */
export const SealPreface = Type.Object(
  {
    enc: FixedBytes(32),
    sender: KeyStatement,
    /** First 8 bytes of the recipient key's SHA-256: which of its keys was used. */
    to: FixedBytes(8),
  },
  { additionalProperties: false },
);
export type SealPreface = Static<typeof SealPreface>;

export const DatagramPlain = Type.Object(
  { kind: MessageKind, body: ByteString(MAX_DATAGRAM_BYTES) },
  { additionalProperties: false },
);

export const StreamOpenPlain = Type.Object(
  { header: ByteString(MAX_STREAM_HEADER_BYTES), limit: Offset },
  { additionalProperties: false },
);

export const StreamControlPlain = Type.Object(
  {
    /** Segments below this number have all arrived. */
    ack: Offset,
    /** The peer may send up to this byte offset. */
    limit: Offset,
    /** Arrived above `ack`: [first, after last] pairs, ascending. */
    sack: Type.Array(Type.Array(Offset, { minItems: 2, maxItems: 2 }), { maxItems: 16 }),
    /** Asks for an answer: is the peer still there? */
    ask: Type.Boolean(),
    /** Not empty: the stream is over, for this reason. */
    reset: Type.String({ maxLength: 256 }),
  },
  { additionalProperties: false },
);
export type StreamControlPlain = Static<typeof StreamControlPlain>;
