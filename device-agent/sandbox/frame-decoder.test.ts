import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder } from './frame-decoder.ts';

test('frames come out whole, however the bytes were cut', () => {
  const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(payloads, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(encodeFrame));
      const decoder = new FrameDecoder(40);
      const seen: Uint8Array[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = cuts[i % cuts.length] ?? 1;
        seen.push(...decoder.push(bytes.subarray(at, at + size)).map((frame) => Uint8Array.from(frame)));
        at += size;
      }
      expect(seen).toEqual(frames);
    }),
  );
});

test('an impossible length is refused as soon as it is known', () => {
  expect(() => new FrameDecoder(10).push(Buffer.from([0, 0, 0, 11]))).toThrow(
    expect.objectContaining({ code: 'wire.too-large' }),
  );
  expect(() => new FrameDecoder(10).push(Buffer.from([0, 0, 0, 0]))).toThrow(
    expect.objectContaining({ code: 'wire.malformed' }),
  );
  expect(() => new FrameDecoder(10).push(Buffer.from('HTTP/1.1 '))).toThrow('frame');
});
