// org.abhaya.thumbnail: a JPEG or PNG in, a PNG out whose longest side is 256 pixels, the right way up.
// The PNG is never whole in memory, the JPEG is once, inside WebAssembly.

import { Canvas } from './canvas.ts';
import { readJpeg } from './jpeg.ts';
import { encodePng } from './png-encoder.ts';
import { readPng } from './png-reader.ts';

const LONGEST_SIDE = 256;

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

export default async function thumbnail(input: Uint8Array): Promise<Uint8Array> {
  const make = (width: number, height: number) => Canvas.fitting(width, height, LONGEST_SIDE);
  if (startsWith(input, [0xff, 0xd8, 0xff])) return encodePng(await readJpeg(input, make));
  if (startsWith(input, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    return encodePng(readPng(input, make));
  throw new Error('the input is neither a JPEG nor a PNG');
}
