import { readFileSync, writeFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVerifier } from '#agent/identity';
import { isAbhayaError } from '#base';
import { encodeCbor, FrameType, frameLimits, UnicastClass } from '#schemas';
import { broadcastToSign, decodeContent, decodeFrame, encodeFrame, originatorToSign } from './frame-codec.ts';
import { goldenFrames } from './golden-frames.tester.ts';
import { packLinks, unpackLinks } from './link-records.ts';

const file = new URL('../../../schemas/golden/mesh/frames.json', import.meta.url);

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return isAbhayaError(error) ? error.code : `bug: ${String(error)}`;
  }
  return 'no error';
};

describe('frames of the mesh', () => {
  test('are the golden bytes, to the bit (UPDATE_GOLDEN=1 writes them)', () => {
    const made = `${JSON.stringify(goldenFrames(), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, made);
    expect(made).toBe(readFileSync(file, 'utf8'));
  });

  test('the golden bytes read back, with signatures that hold', () => {
    const verify = createVerifier();
    const golden: { name: string; hex: string }[] = JSON.parse(readFileSync(file, 'utf8'));
    const types = golden.map(({ hex }) => {
      const frame = decodeFrame(hexToBytes(hex));
      if (frame.type === 'broadcast') {
        const [, origin, number, ttl, , kind, signature] = frame.head;
        const message = broadcastToSign(origin, number, ttl, kind, frame.payload);
        expect(verify(bytesToHex(origin), message, signature)).toBe(true);
      }
      if (frame.type === 'originators') {
        for (const [origin, number, , content, signature] of frame.head[1]) {
          expect(verify(bytesToHex(origin), originatorToSign(origin, number, content), signature)).toBe(true);
          expect(unpackLinks(decodeContent(content)[2])?.size).toBe(1);
        }
      }
      return frame.type;
    });
    expect(types).toEqual(['heartbeat', 'originators', 'broadcast', 'unicast', 'unicast']);
  });

  test('any other bytes are refused with a code, never with a bug', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['wire.malformed', 'wire.too-large', 'no error']).toContain(codeOf(() => decodeFrame(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  test('golden frames with any byte changed are refused or read, never a bug', () => {
    const frames = goldenFrames().map(({ hex }) => hexToBytes(hex));
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, flip) => {
        const bytes = Uint8Array.from(frames[which % frames.length] as Uint8Array);
        bytes[where % bytes.length] = (bytes[where % bytes.length] ?? 0) ^ flip;
        expect(codeOf(() => decodeFrame(bytes))).not.toContain('bug');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a longer integer than needed', Uint8Array.from([0x84, 0x00, 0x18, 0x07, 0x05, 0x00])],
    ['an indefinite array', Uint8Array.from([0x9f, 0x00, 0x07, 0x05, 0x00, 0xff])],
    ['a place too many', encodeCbor([FrameType.heartbeat, 1, 2, 3, 4])],
    ['a place too few', encodeCbor([FrameType.heartbeat, 1, 2])],
    ['bytes after it', Uint8Array.from([...encodeCbor([FrameType.heartbeat, 1, 2, 3]), 0])],
    ['a fraction', encodeCbor([FrameType.heartbeat, 1.5, 2, 3])],
    ['an unknown type', encodeCbor([9, 1])],
  ])('%s is malformed', (_, bytes) => {
    expect(codeOf(() => decodeFrame(bytes))).toBe('wire.malformed');
  });

  test('each kind has its exact limit', () => {
    const at = (klass: UnicastClass, size: number) => {
      const head = encodeFrame(
        [FrameType.unicast, new Uint8Array(32), new Uint8Array(32), 1, 0, klass, new Uint8Array(16), 0],
        new Uint8Array(),
      );
      const bytes = new Uint8Array(size);
      bytes.set(head);
      return codeOf(() => decodeFrame(bytes));
    };
    for (const name of ['datagram', 'open', 'data', 'control'] as const) {
      expect(at(UnicastClass[name], frameLimits[name])).toBe('no error');
      expect(at(UnicastClass[name], frameLimits[name] + 1)).toBe('wire.too-large');
    }
  });

  test('link lists out of order or twice the same are refused', () => {
    const a = { peer: 'aa'.repeat(32), quality: 1, rtt: 1 };
    const b = { peer: 'bb'.repeat(32), quality: 1, rtt: 1 };
    const packed = packLinks([b, a]);
    expect([...(unpackLinks(packed)?.keys() ?? [])]).toEqual(['aa'.repeat(16), 'bb'.repeat(16)]);
    const swapped = Uint8Array.from([...packed.subarray(19), ...packed.subarray(0, 19)]);
    const doubled = Uint8Array.from([...packed.subarray(0, 19), ...packed.subarray(0, 19)]);
    for (const wrong of [swapped, doubled, packed.subarray(1)]) expect(unpackLinks(wrong)).toBeUndefined();
  });
});
