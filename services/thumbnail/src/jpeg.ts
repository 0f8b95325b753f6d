// JPEG by libjpeg-turbo, as WebAssembly. The decoded image stays in the module's memory and is read from there.

import wasmBinary from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm';
import createDecoder from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { Canvas, Picture } from './canvas.ts';
import { orientationOf, upright } from './orientation.ts';

export async function readJpeg(
  jpeg: Uint8Array,
  make: (width: number, height: number) => Canvas,
): Promise<Picture> {
  const module = await createDecoder({ wasmBinary, print: () => {}, printErr: () => {} });
  const decoder = new module.JPEGDecoder();
  const cautious = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (error instanceof Error && /memory|allocation/i.test(error.message)) throw error;
      // libjpeg's own sentence stays inside the module.
      throw new Error(
        'the JPEG is damaged, cut short, or of a kind that is not read (CMYK, 12 bits, lossless)',
      );
    }
  };
  decoder.getEncodedBuffer(jpeg.length).set(jpeg);
  cautious(() => decoder.readHeader());
  const { width, height } = decoder.getFrameInfo();
  // Before anything large is made.
  const canvas = make(width, height);
  cautious(() => decoder.decode());
  const { componentCount } = decoder.getFrameInfo();
  const pixels = uncopied(() => decoder.getDecodedBuffer());
  const stride = width * componentCount;
  if (pixels.length < stride * height) throw new Error('the JPEG is cut short');
  for (let y = 0; y < height; y++)
    canvas.addRow(y, pixels.subarray(y * stride, (y + 1) * stride), componentCount);
  return upright(canvas.picture(), orientationOf(jpeg));
}

/**
 * The glue answers with `new Uint8ClampedArray(view of its memory)`, a second copy of 36 MB. While it does, that name
 * stands for something that hands the view itself on.
 */
function uncopied(get: () => Uint8Array): Uint8Array {
  const { Uint8ClampedArray: own } = globalThis;
  const same = function same(view: Uint8Array) {
    return view;
  };
  try {
    Object.assign(globalThis, { Uint8ClampedArray: same });
    return get();
  } finally {
    Object.assign(globalThis, { Uint8ClampedArray: own });
  }
}
