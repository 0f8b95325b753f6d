// The small picture while it is made: each pixel of the large one is added to the small pixel that it falls into, in any
// order, so that nobody needs the large one whole. Averages are weighted by opacity: what can't be seen has no colour.

/** "12 megapixels" as cameras mean it: 4096 × 3072. */
export const MAX_PIXELS = 12_582_912;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity; rows from the top. */
  readonly rgba: Uint8Array;
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly #columns: Uint16Array;
  readonly #rows: Uint16Array;
  /** Per small pixel: the three colours times opacity, opacity, count. */
  readonly #sums: Float64Array;

  private constructor(sourceWidth: number, sourceHeight: number, width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#columns = places(sourceWidth, width);
    this.#rows = places(sourceHeight, height);
    this.#sums = new Float64Array(width * height * 5);
  }

  /** Never larger than the source. Throws for one that is empty or too large. */
  static fitting(width: number, height: number, longest: number): Canvas {
    if (width < 1 || height < 1) throw new Error('the image is empty');
    if (width * height > MAX_PIXELS)
      throw new Error(`the image has ${width} × ${height} pixels; at most ${MAX_PIXELS} are taken`);
    const scale = Math.min(1, longest / Math.max(width, height));
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    return new Canvas(width, height, side(width), side(height));
  }

  /** Adds pixels of a source row, from column `from` on, every `step` columns. channels: 1 grey, 2 grey and opacity, 3, 4. */
  addRow(y: number, pixels: Uint8Array, channels: number, from = 0, step = 1): void {
    const row = (this.#rows[y] ?? 0) * this.width;
    const green = channels > 2 ? 1 : 0;
    const blue = channels > 2 ? 2 : 0;
    const opacity = channels % 2 === 0 ? channels - 1 : -1;
    const [columns, sums] = [this.#columns, this.#sums];
    for (let x = from, at = 0; x < columns.length && at < pixels.length; x += step, at += channels) {
      const sum = (row + (columns[x] as number)) * 5;
      const a = opacity < 0 ? 255 : (pixels[at + opacity] as number);
      sums[sum] = (sums[sum] as number) + (pixels[at] as number) * a;
      sums[sum + 1] = (sums[sum + 1] as number) + (pixels[at + green] as number) * a;
      sums[sum + 2] = (sums[sum + 2] as number) + (pixels[at + blue] as number) * a;
      sums[sum + 3] = (sums[sum + 3] as number) + a;
      sums[sum + 4] = (sums[sum + 4] as number) + 1;
    }
  }

  picture(): Picture {
    const rgba = new Uint8Array(this.width * this.height * 4);
    for (let sum = 0, at = 0; at < rgba.length; sum += 5, at += 4) {
      const a = this.#sums[sum + 3] as number;
      const count = this.#sums[sum + 4] as number;
      for (let c = 0; c < 3; c++)
        rgba[at + c] = a === 0 ? 0 : Math.round((this.#sums[sum + c] as number) / a);
      rgba[at + 3] = count === 0 ? 0 : Math.round(a / count);
    }
    return { width: this.width, height: this.height, rgba };
  }
}

/** Source position → small position. */
function places(source: number, small: number): Uint16Array {
  const out = new Uint16Array(source);
  for (let i = 0; i < source; i++) out[i] = Math.floor((i * small) / source);
  return out;
}
