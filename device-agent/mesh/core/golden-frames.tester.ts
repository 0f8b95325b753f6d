// The frames that schemas/golden/mesh/frames.json shows in bytes, made anew from fixed keys.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { identityFromSeed } from '#agent/identity';
import { seededRandom } from '#base';
import { encodeCbor, FrameType, UnicastClass } from '#schemas';
import { broadcastToSign, encodeFrame, encodeHead, originatorToSign } from './frame-codec.ts';
import { packLinks } from './link-records.ts';

export interface GoldenFrame {
  readonly name: string;
  readonly says: string;
  readonly hex: string;
}

export function goldenFrames(): GoldenFrame[] {
  const identity = identityFromSeed(seededRandom(2).bytes(32));
  const peer = identityFromSeed(seededRandom(3).bytes(32));
  const origin = hexToBytes(identity.nodeId);
  const key = seededRandom(4).bytes(32);
  const content = encodeHead([
    1,
    [1_700_000_000_000, key, new Uint8Array(64).fill(1)],
    packLinks([{ peer: peer.nodeId, quality: 97, rtt: 12 }]),
    encodeCbor({ fitness: 80 }),
    new Uint8Array(),
    false,
  ]);
  const sequence = 1_700_000_000_001;
  const signature = identity.sign(originatorToSign(origin, sequence, content));
  const body = encodeCbor({ name: 'wordcount' });
  const signed = identity.sign(broadcastToSign(origin, sequence + 1, 64, 'service_query', body));
  const channel = new Uint8Array(16).fill(9);
  const unicast = (klass: UnicastClass, n: number, payload: Uint8Array) =>
    encodeFrame([FrameType.unicast, origin, hexToBytes(peer.nodeId), 128, 2, klass, channel, n], payload);
  const frames: [string, string, Uint8Array][] = [
    ['heartbeat', 'number 7, echo of 5, held 120 ms', encodeHead([FrameType.heartbeat, 7, 5, 120])],
    [
      'originators',
      'one entry, 3 hops',
      encodeCbor([FrameType.originators, [[origin, sequence, 3, content, signature]]]),
    ],
    [
      'broadcast',
      'service_query, ttl 64, 1 hop',
      encodeFrame([FrameType.broadcast, origin, sequence + 1, 64, 1, 'service_query', signed], body),
    ],
    [
      'datagram',
      'class 0, payload as sealed bytes',
      unicast(UnicastClass.datagram, 0, new Uint8Array(40).fill(3)),
    ],
    ['data', 'class 2, segment 300', unicast(UnicastClass.data, 300, new Uint8Array(40).fill(4))],
  ];
  return frames.map(([name, says, bytes]) => ({ name, says, hex: bytesToHex(bytes) }));
}
