// EXIF orientation: read from a JPEG's APP1 segment (JEITA CP-3451, tag 0x0112), applied to the small picture.

import type { Picture } from './canvas.ts';

const ORIENTATION = 0x0112;
const SHORT = 3;
const [SOS, EOI, APP1] = [0xda, 0xd9, 0xe1];

/** 1 to 8; 1 where there is none, or where it is broken: a picture without its direction is still a picture. */
export function orientationOf(jpeg: Uint8Array): number {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1] ?? EOI;
    if (marker === 0xff) {
      at += 1; // padding
      continue;
    }
    if (marker === SOS || marker === EOI) return 1;
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > jpeg.length) return 1;
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) {
      return orientationIn(new DataView(jpeg.buffer, jpeg.byteOffset + at + 4, length - 2)) ?? 1;
    }
    at = end;
  }
  return 1;
}

/** `Exif\0\0`, then a TIFF header in either byte order, then its first directory. */
function orientationIn(exif: DataView): number | undefined {
  const TIFF = 6;
  try {
    const little = exif.getUint16(TIFF) === 0x4949;
    if (!little && exif.getUint16(TIFF) !== 0x4d4d) return undefined;
    const directory = TIFF + exif.getUint32(TIFF + 4, little);
    const entries = exif.getUint16(directory, little);
    for (let entry = directory + 2; entry < directory + 2 + entries * 12; entry += 12) {
      if (exif.getUint16(entry, little) !== ORIENTATION) continue;
      if (exif.getUint16(entry + 2, little) !== SHORT) return undefined;
      const value = exif.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // past the segment's end
  }
  return undefined;
}

/** The picture as it is to be looked at. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const turned = orientation >= 5;
  const [width, height] = turned ? [picture.height, picture.width] : [picture.width, picture.height];
  const from = new Uint32Array(picture.rgba.buffer, picture.rgba.byteOffset, picture.width * picture.height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sx, sy] = sourceOf(orientation, x, y, width, height);
      to[y * width + x] = from[sy * picture.width + sx] as number;
    }
  }
  return { width, height, rgba: new Uint8Array(to.buffer) };
}

/** Which stored pixel is seen at x, y of an upright picture of width and height. */
function sourceOf(orientation: number, x: number, y: number, width: number, height: number) {
  const [right, bottom] = [width - 1 - x, height - 1 - y];
  switch (orientation) {
    case 2:
      return [right, y] as const;
    case 3:
      return [right, bottom] as const;
    case 4:
      return [x, bottom] as const;
    case 5:
      return [y, x] as const;
    case 6:
      return [y, right] as const;
    case 7:
      return [bottom, right] as const;
    default:
      return [bottom, x] as const;
  }
}
