// Rows of a PNG: where they lie, their filters undone, their samples as bytes. Pure.

export interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and opacity, 6 colour and opacity. */
  readonly type: number;
  readonly interlaced: boolean;
  readonly palette?: Uint8Array | undefined;
  readonly transparent?: Uint8Array | undefined;
}

export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
  /** Bytes between a sample and its left neighbour, at least 1. */
  readonly pixelBytes: number;
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

const channelsOf = (type: number): number => ({ 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 })[type] ?? 1;

/** The passes that have pixels. */
export function passesOf({ width, height, depth, type, interlaced }: Header): Pass[] {
  const bits = depth * channelsOf(type);
  return (interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([x, y, dx, dy]) => {
      const across = Math.ceil((width - x) / dx);
      const rowBytes = Math.ceil((across * bits) / 8);
      const pixelBytes = Math.max(1, bits >> 3);
      return { x, y, dx, dy, width: across, height: Math.ceil((height - y) / dy), rowBytes, pixelBytes };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** In place; the first byte of each row is its filter. */
export function unfilter(row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const kind = row[0] ?? 0;
  if (kind > 4) throw new Error('an unknown filter');
  if (kind === 0) return;
  for (let at = 1; at < row.length; at++) {
    const left = at > pixelBytes ? (row[at - pixelBytes] as number) : 0;
    const up = above[at] as number;
    const corner = at > pixelBytes ? (above[at - pixelBytes] as number) : 0;
    const guess =
      kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : paeth(left, up, corner);
    row[at] = ((row[at] as number) + guess) & 255;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const base = left + up - corner;
  const [a, b, c] = [Math.abs(base - left), Math.abs(base - up), Math.abs(base - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** 8-bit samples of a row: channels 1 to 4 as the canvas takes them. */
export function toSamples(
  row: Uint8Array,
  width: number,
  header: Header,
): { pixels: Uint8Array; channels: number } {
  const { depth, type, palette, transparent } = header;
  const channels = channelsOf(type);
  const bytes = depth === 16 ? high(row) : depth === 8 ? row : unpack(row, width, depth);
  if (type === 3) return { pixels: paint(bytes, width, palette, transparent), channels: 4 };
  // One grey or colour may stand for "not there".
  if (transparent && (type === 0 || type === 2))
    return { pixels: withKey(row, bytes, width, channels, depth, transparent), channels: channels + 1 };
  return { pixels: type === 0 && depth < 8 ? scaled(bytes, depth) : bytes, channels };
}

function high(row: Uint8Array): Uint8Array {
  const out = new Uint8Array(row.length >> 1);
  for (let at = 0; at < out.length; at++) out[at] = row[at * 2] as number;
  return out;
}

function unpack(row: Uint8Array, width: number, depth: number): Uint8Array {
  const out = new Uint8Array(width);
  const mask = (1 << depth) - 1;
  for (let x = 0; x < width; x++) {
    const bit = x * depth;
    out[x] = ((row[bit >> 3] as number) >> (8 - depth - (bit & 7))) & mask;
  }
  return out;
}

function scaled(values: Uint8Array, depth: number): Uint8Array {
  const factor = 255 / ((1 << depth) - 1);
  return values.map((value) => value * factor);
}

function paint(
  indices: Uint8Array,
  width: number,
  palette: Uint8Array | undefined,
  opacity: Uint8Array | undefined,
): Uint8Array {
  if (!palette) throw new Error('a palette is missing');
  const out = new Uint8Array(width * 4);
  for (let x = 0; x < width; x++) {
    const index = indices[x] as number;
    if (index * 3 + 2 >= palette.length) throw new Error('a colour is not in the palette');
    out.set(palette.subarray(index * 3, index * 3 + 3), x * 4);
    out[x * 4 + 3] = opacity?.[index] ?? 255;
  }
  return out;
}

function withKey(
  row: Uint8Array,
  bytes: Uint8Array,
  width: number,
  channels: number,
  depth: number,
  key: Uint8Array,
): Uint8Array {
  const out = new Uint8Array(width * (channels + 1));
  const shown = depth < 8 ? scaled(bytes, depth) : bytes;
  for (let x = 0; x < width; x++) {
    let same = true;
    for (let c = 0; c < channels; c++) {
      const at = x * channels + c;
      const wanted = ((key[c * 2] ?? 0) << 8) | (key[c * 2 + 1] ?? 0);
      const value =
        depth === 16 ? ((row[at * 2] as number) << 8) | (row[at * 2 + 1] as number) : (bytes[at] as number);
      same &&= value === wanted;
      out[x * (channels + 1) + c] = shown[at] as number;
    }
    out[x * (channels + 1) + channels] = same ? 0 : 255;
  }
  return out;
}
