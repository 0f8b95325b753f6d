// Pictures for tests: made by other encoders (jpeg-js, zlib), with EXIF written by hand, and read by another decoder.

import { crc32, deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

export type Colour = readonly [red: number, green: number, blue: number, opacity?: number];
export type Paint = (x: number, y: number) => Colour;

export const RED: Colour = [220, 30, 30];
export const GREEN: Colour = [30, 200, 30];
export const BLUE: Colour = [30, 30, 220];
export const WHITE: Colour = [240, 240, 240];

/** Four corners of four colours: red, green / blue, white, so that every turn and flip looks different. */
export const corners =
  (width: number, height: number): Paint =>
  (x, y) =>
    y < height / 2 ? (x < width / 2 ? RED : GREEN) : x < width / 2 ? BLUE : WHITE;

function rgbaOf(width: number, height: number, paint: Paint): Buffer {
  const data = Buffer.alloc(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const [r, g, b, a = 255] = paint(at % width, Math.floor(at / width));
    data.set([r, g, b, a], at * 4);
  }
  return data;
}

export const jpegOf = (width: number, height: number, paint: Paint): Buffer =>
  jpeg.encode({ width, height, data: rgbaOf(width, height, paint) }, 90).data;

/** Puts an APP1 segment with an orientation behind the JPEG's start. */
export function withOrientation(image: Buffer, orientation: number, byteOrder: 'II' | 'MM'): Buffer {
  const little = byteOrder === 'II';
  const body = Buffer.alloc(6 + 8 + 2 + 12 + 4);
  body.write(`Exif\0\0${byteOrder}`, 'latin1');
  const put16 = (value: number, at: number) =>
    little ? body.writeUInt16LE(value, at) : body.writeUInt16BE(value, at);
  const put32 = (value: number, at: number) =>
    little ? body.writeUInt32LE(value, at) : body.writeUInt32BE(value, at);
  put16(42, 8);
  put32(8, 10);
  put16(1, 14);
  put16(0x0112, 16);
  put16(3, 18);
  put32(1, 20);
  put16(orientation, 24);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([image.subarray(0, 2), head, body, image.subarray(2)]);
}

export interface PngKind {
  readonly type: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly interlaced?: boolean;
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const PALETTE = [RED, GREEN, BLUE, WHITE];

/** A PNG of any kind; every filter is used in turn where rows are bytes. */
export function pngOf(width: number, height: number, paint: Paint, kind: PngKind): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([kind.depth, kind.type, 0, 0, kind.interlaced ? 1 : 0], 8);
  const rows: Buffer[] = [];
  for (const [x0, y0, dx, dy] of kind.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const)) {
    let above: Buffer | undefined;
    for (let y = y0; y < height && x0 < width; y += dy) {
      const samples: number[] = [];
      for (let x = x0; x < width; x += dx) samples.push(...samplesOf(paint(x, y), kind));
      const row = packed(samples, kind.depth);
      const step = Math.max(1, (samplesOf(RED, kind).length * kind.depth) >> 3);
      rows.push(filtered(row, above ?? Buffer.alloc(row.length), step, rows.length % 5));
      above = row;
    }
  }
  const palette =
    kind.type === 3 ? [chunk('PLTE', Buffer.from(PALETTE.flatMap(([r, g, b]) => [r, g, b])))] : [];
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...palette,
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function samplesOf([r, g, b, a = 255]: Colour, { type, depth }: PngKind): number[] {
  if (type === 3) return [PALETTE.findIndex((c) => c[0] === r && c[1] === g && c[2] === b)];
  const most = 2 ** depth - 1;
  const grey = Math.round((r + g + b) / 3);
  const values = { 0: [grey], 2: [r, g, b], 4: [grey, a], 6: [r, g, b, a] }[type];
  return values.map((value) => Math.round((value / 255) * most));
}

function packed(samples: readonly number[], depth: number): Buffer {
  const out = Buffer.alloc(Math.ceil((samples.length * depth) / 8));
  samples.forEach((value, at) => {
    if (depth === 16) out.writeUInt16BE(value, at * 2);
    else {
      const bit = at * depth;
      out[bit >> 3] = (out[bit >> 3] ?? 0) | (value << (8 - depth - (bit & 7)));
    }
  });
  return out;
}

function filtered(row: Buffer, above: Buffer, step: number, filter: number): Buffer {
  const out = Buffer.alloc(row.length + 1);
  out[0] = filter;
  for (let at = 0; at < row.length; at++) {
    const [left, up, corner] = [row[at - step] ?? 0, above[at] ?? 0, above[at - step] ?? 0];
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    out[at + 1] = ((row[at] ?? 0) - guess) & 255;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const distances = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  return [left, up, corner][distances.indexOf(Math.min(...distances))] ?? 0;
}

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export interface Seen {
  readonly width: number;
  readonly height: number;
  /** Colour in the middle of each quarter: left upper, right upper, left lower, right lower. */
  readonly quarters: readonly Colour[];
}

/** What pngjs sees; it compares every checksum. */
export function look(png: Buffer): Seen {
  const { width, height, data } = PNG.sync.read(png, { checkCRC: true });
  const at = (x: number, y: number): Colour => {
    const i = (Math.floor(y * height) * width + Math.floor(x * width)) * 4;
    return [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0, data[i + 3] ?? 0];
  };
  return {
    width,
    height,
    quarters: [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)],
  };
}

/** The nearest of the four, by name. */
export function nameOf([r, g, b]: Colour): string {
  const named = { red: RED, green: GREEN, blue: BLUE, white: WHITE };
  const far = (c: Colour) => Math.abs(c[0] - r) + Math.abs(c[1] - g) + Math.abs(c[2] - b);
  const [best] = Object.entries(named).sort((a, z) => far(a[1]) - far(z[1]));
  return best ? best[0] : '';
}
