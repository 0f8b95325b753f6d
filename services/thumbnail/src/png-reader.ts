// PNG, row by row (W3C PNG, third edition): inflated by fflate as it comes, filters undone with one row kept, and each row
// handed on at once. Colour types 0, 2, 3, 4, 6, all depths, Adam7. Checksums are not compared: a picture shows anyway.

import { Unzlib } from 'fflate';
import type { Canvas, Picture } from './canvas.ts';
import { type Header, passesOf, toSamples, unfilter } from './png-rows.ts';

const CHUNK = 65_536;
const name = (a: string): number => new DataView(new TextEncoder().encode(a).buffer).getUint32(0);
const [IHDR, PLTE, TRNS, IDAT, IEND] = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].map(name);

export function readPng(png: Uint8Array, make: (width: number, height: number) => Canvas): Picture {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  let reader: RowReader | undefined;
  let palette: Uint8Array | undefined;
  let transparent: Uint8Array | undefined;
  let header: Header | undefined;
  let canvas: Canvas | undefined;
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    const kind = view.getUint32(at + 4);
    const body = png.subarray(at + 8, at + 8 + length);
    if (body.length < length) break;
    at += 12 + length;
    if (kind === IHDR) {
      header = headerOf(body);
      canvas = make(header.width, header.height);
    } else if (kind === PLTE) palette = body;
    else if (kind === TRNS) transparent = body;
    else if (kind === IDAT) {
      if (!header || !canvas) break;
      reader ??= new RowReader({ ...header, palette, transparent }, canvas);
      reader.push(body);
    } else if (kind === IEND) break;
  }
  if (!reader?.complete || !canvas) throw new Error('the PNG is damaged or cut short');
  return canvas.picture();
}

function headerOf(body: Uint8Array): Header {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.length !== 13) throw new Error('the PNG is damaged: its header');
  const [depth = 0, type = 0, compression, filter, interlace] = body.subarray(8);
  const depths: Readonly<Record<number, readonly number[]>> = {
    0: [1, 2, 4, 8, 16],
    2: [8, 16],
    3: [1, 2, 4, 8],
    4: [8, 16],
    6: [8, 16],
  };
  if (!depths[type]?.includes(depth) || compression !== 0 || filter !== 0 || (interlace ?? 2) > 1)
    throw new Error('the PNG is damaged: its header');
  return { width: view.getUint32(0), height: view.getUint32(4), depth, type, interlaced: interlace === 1 };
}

class RowReader {
  complete = false;
  readonly #header: Header;
  readonly #canvas: Canvas;
  readonly #inflate: Unzlib;
  readonly #passes: ReturnType<typeof passesOf>;
  #pass = 0;
  #row = 0;
  #current: Uint8Array;
  #previous: Uint8Array;
  #filled = 0;

  constructor(header: Header, canvas: Canvas) {
    this.#header = header;
    this.#canvas = canvas;
    this.#passes = passesOf(header);
    this.#current = new Uint8Array(0);
    this.#previous = this.#current;
    this.#beginPass();
    this.#inflate = new Unzlib((data) => this.#take(data));
  }

  push(compressed: Uint8Array): void {
    try {
      // In pieces: what comes out of one is some hundred times as large at most.
      for (let at = 0; at < compressed.length && !this.complete; at += CHUNK)
        this.#inflate.push(compressed.subarray(at, at + CHUNK));
    } catch (cause) {
      throw new Error('the PNG is damaged or cut short', { cause });
    }
  }

  #beginPass(): void {
    const pass = this.#passes[this.#pass];
    this.complete = !pass;
    // The first byte is the row's filter.
    this.#current = new Uint8Array(pass ? pass.rowBytes + 1 : 0);
    this.#previous = new Uint8Array(this.#current.length);
    this.#row = 0;
    this.#filled = 0;
  }

  #take(data: Uint8Array): void {
    for (let at = 0; at < data.length && !this.complete; ) {
      const part = data.subarray(at, at + this.#current.length - this.#filled);
      this.#current.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#current.length) this.#endRow();
    }
  }

  #endRow(): void {
    const pass = this.#passes[this.#pass];
    if (!pass) return;
    unfilter(this.#current, this.#previous, pass.pixelBytes);
    const { pixels, channels } = toSamples(this.#current.subarray(1), pass.width, this.#header);
    this.#canvas.addRow(pass.y + this.#row * pass.dy, pixels, channels, pass.x, pass.dx);
    [this.#current, this.#previous] = [this.#previous, this.#current];
    this.#filled = 0;
    this.#row += 1;
    if (this.#row < pass.height) return;
    this.#pass += 1;
    this.#beginPass();
  }
}
