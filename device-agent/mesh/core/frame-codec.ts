// Bytes to checked frames and back. The first byte after the array head says which schema and limit apply.

import { AbhayaError } from '#base';
import {
  BroadcastHead,
  decodeCborHead,
  encodeCbor,
  FrameType,
  frameLimits,
  HeartbeatHead,
  OriginatorContent,
  OriginatorsHead,
  parserOf,
  UnicastClass,
  UnicastHead,
} from '#schemas';

const parseHeartbeat = parserOf(HeartbeatHead, 'heartbeat');
const parseOriginators = parserOf(OriginatorsHead, 'originator frame');
const parseContent = parserOf(OriginatorContent, 'originator message');
const parseBroadcast = parserOf(BroadcastHead, 'broadcast');
const parseUnicast = parserOf(UnicastHead, 'unicast');

type OriginatorsFrame = ReturnType<typeof parseOriginators>;

export type Frame =
  | { readonly type: 'heartbeat'; readonly head: HeartbeatHead }
  | { readonly type: 'originators'; readonly head: OriginatorsFrame }
  | { readonly type: 'broadcast'; readonly head: BroadcastHead; readonly payload: Uint8Array }
  | { readonly type: 'unicast'; readonly head: UnicastHead; readonly payload: Uint8Array };

const unicastLimits = {
  [UnicastClass.datagram]: frameLimits.datagram,
  [UnicastClass.open]: frameLimits.open,
  [UnicastClass.data]: frameLimits.data,
  [UnicastClass.control]: frameLimits.control,
} as const;

function limited(bytes: Uint8Array, max: number, what: string): void {
  if (bytes.length > max)
    throw new AbhayaError('wire.too-large', `${what} of ${bytes.length} bytes; at most ${max} are allowed`);
}

/** Throws `wire.malformed` or `wire.too-large`. Payloads are views of `bytes`. */
export function decodeFrame(bytes: Uint8Array): Frame {
  limited(bytes, frameLimits.any, 'a frame');
  const [head, payload] = decodeCborHead(bytes, frameLimits.any);
  const type: unknown = Array.isArray(head) ? head[0] : undefined;
  if (type === FrameType.unicast) {
    const parsed = parseUnicast(head);
    limited(bytes, unicastLimits[parsed[5] as UnicastClass], 'a unicast');
    return { type: 'unicast', head: parsed, payload };
  }
  if (type === FrameType.broadcast) {
    limited(bytes, frameLimits.broadcast, 'a broadcast');
    return { type: 'broadcast', head: parseBroadcast(head), payload };
  }
  if (payload.length > 0) throw new AbhayaError('wire.malformed', 'bytes after the frame');
  if (type === FrameType.heartbeat) {
    limited(bytes, frameLimits.heartbeat, 'a heartbeat');
    return { type: 'heartbeat', head: parseHeartbeat(head) };
  }
  if (type === FrameType.originators) {
    limited(bytes, frameLimits.originators, 'an originator frame');
    return { type: 'originators', head: parseOriginators(head) };
  }
  throw new AbhayaError('wire.malformed', 'a frame of unknown type');
}

/** Throws `wire.malformed`. */
export function decodeContent(bytes: Uint8Array): OriginatorContent {
  const [content, rest] = decodeCborHead(bytes, frameLimits.originators);
  if (rest.length > 0) throw new AbhayaError('wire.malformed', 'bytes after an originator message');
  return parseContent(content);
}

export const encodeHead = (head: HeartbeatHead | OriginatorContent): Uint8Array => encodeCbor(head);

/** One frame from its head and payload; the payload is copied once. */
export function encodeFrame(head: BroadcastHead | UnicastHead, payload: Uint8Array): Uint8Array {
  const encoded = encodeCbor(head);
  const frame = new Uint8Array(encoded.length + payload.length);
  frame.set(encoded);
  frame.set(payload, encoded.length);
  return frame;
}

const text = new TextEncoder();
const originatorDomain = text.encode('abhaya-mesh.1 originator\0');
const broadcastDomain = text.encode('abhaya-mesh.1 broadcast\0');

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
};

/** The bytes that an originator signs. */
export const originatorToSign = (origin: Uint8Array, sequence: number, content: Uint8Array): Uint8Array =>
  joined(originatorDomain, encodeCbor([origin, sequence, content]));

/** The bytes that a broadcast's origin signs: everything but the hops. */
export const broadcastToSign = (
  origin: Uint8Array,
  sequence: number,
  ttl: number,
  kind: string,
  body: Uint8Array,
): Uint8Array => joined(broadcastDomain, encodeCbor([origin, sequence, ttl, kind, body]));
