// AndroidManifest.xml as an APK holds it: Android's binary XML, read as far as its first element. Hostile input: every
// offset is checked, every step goes forward, and only the two or three strings that are asked for are decoded.
// Source: AOSP frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h.

import { AbhayaError } from '#base';

export interface ManifestFacts {
  readonly packageName: string;
  /** 0 when the manifest says none. */
  readonly versionCode: number;
}

const chunk = { stringPool: 0x0001, xml: 0x0003, startElement: 0x0102, resourceMap: 0x0180 } as const;
const CHUNK_HEADER = 8;
const POOL_HEADER = 28;
const UTF8_FLAG = 1 << 8;
const ELEMENT_HEADER = 16;
const ELEMENT_BODY = 20;
const ATTRIBUTE = 20;
const NONE = 0xffff_ffff;
const TYPE_STRING = 0x03;
const TYPE_INT_DEC = 0x10;
const TYPE_INT_HEX = 0x11;
/** android.R.attr.versionCode: attributes of the system are known by number, their names may be anything. */
const VERSION_CODE = 0x0101_021b;
/** In characters; a package name has 255 at most, an attribute's name far fewer. */
const MAX_STRING = 1024;

const malformed = (message: string): AbhayaError => new AbhayaError('package.malformed', message);

interface Chunk {
  readonly type: number;
  readonly at: number;
  readonly headerBytes: number;
  readonly end: number;
}

/** Throws `package.malformed`, `package.manifest-invalid`. Time and memory grow with the bytes read, no faster. */
export function readBinaryManifest(bytes: Uint8Array): ManifestFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const root = chunkAt(view, 0, view.byteLength);
  if (root.type !== chunk.xml) throw malformed('the manifest is no binary XML');
  let strings: ((index: number) => string) | undefined;
  let resources: Chunk | undefined;
  for (let at = root.headerBytes; at < root.end; ) {
    const next = chunkAt(view, at, root.end);
    if (next.type === chunk.stringPool) strings ??= stringPool(view, next);
    else if (next.type === chunk.resourceMap) resources ??= next;
    else if (next.type === chunk.startElement) {
      if (!strings) throw malformed('the manifest has an element before its strings');
      return readRoot(view, next, strings, resources);
    }
    at = next.end;
  }
  throw malformed('the manifest has no element');
}

function chunkAt(view: DataView, at: number, end: number): Chunk {
  if (end - at < CHUNK_HEADER) throw malformed(`the manifest is cut short at byte ${at}`);
  const headerBytes = view.getUint16(at + 2, true);
  const bytes = view.getUint32(at + 4, true);
  if (headerBytes < CHUNK_HEADER || bytes < headerBytes || bytes > end - at)
    throw malformed(`a chunk of the manifest at byte ${at} says that it has ${bytes} bytes`);
  return { type: view.getUint16(at, true), at, headerBytes, end: at + bytes };
}

/** Looks strings up one at a time: a pool may claim millions that all lie in one place. */
function stringPool(view: DataView, pool: Chunk): (index: number) => string {
  if (pool.headerBytes < POOL_HEADER) throw malformed('the header of the string pool is too short');
  const count = view.getUint32(pool.at + 8, true);
  const utf8 = (view.getUint32(pool.at + 16, true) & UTF8_FLAG) !== 0;
  const start = pool.at + view.getUint32(pool.at + 20, true);
  const offsets = pool.at + pool.headerBytes;
  if (count > (pool.end - offsets) / 4) throw malformed(`the string pool can't hold ${count} strings`);
  return (index) => {
    if (index >= count) throw malformed(`there is no string ${index}`);
    let at = start + view.getUint32(offsets + index * 4, true);
    const unit = utf8 ? 1 : 2;
    const take = (): number => {
      if (at + unit > pool.end) throw malformed('a string lies outside of the string pool');
      const value = utf8 ? view.getUint8(at) : view.getUint16(at, true);
      at += unit;
      return value;
    };
    const high = utf8 ? 0x80 : 0x8000;
    const length = (): number => {
      const first = take();
      return first & high ? (first & (high - 1)) * (utf8 ? 0x100 : 0x1_0000) + take() : first;
    };
    // UTF-8 strings tell their characters, then their bytes; UTF-16 ones their units.
    let size = length();
    if (utf8) size = length();
    if (size > MAX_STRING) throw malformed(`a string of ${size} where a name belongs`);
    if (at + size * unit > pool.end) throw malformed('a string lies outside of the string pool');
    const raw = new Uint8Array(view.buffer, view.byteOffset + at, size * unit);
    return new TextDecoder(utf8 ? 'utf-8' : 'utf-16le').decode(raw);
  };
}

function readRoot(
  view: DataView,
  element: Chunk,
  strings: (index: number) => string,
  resources: Chunk | undefined,
): ManifestFacts {
  const body = element.at + element.headerBytes;
  if (element.headerBytes < ELEMENT_HEADER || element.end - body < ELEMENT_BODY)
    throw malformed('the first element is too short');
  if (strings(view.getUint32(body + 4, true)) !== 'manifest')
    throw malformed('the first element is not <manifest>');
  const first = body + view.getUint16(body + 8, true);
  const size = view.getUint16(body + 10, true);
  const count = view.getUint16(body + 12, true);
  if (size < ATTRIBUTE || first + size * count > element.end)
    throw malformed(`the manifest can't hold ${count} attributes of ${size} bytes`);
  let packageName: string | undefined;
  let versionCode = 0;
  for (let i = 0, at = first; i < count; i++, at += size) {
    const name = view.getUint32(at + 4, true);
    const type = view.getUint8(at + 15);
    const value = view.getUint32(at + 16, true);
    const number = type === TYPE_INT_DEC || type === TYPE_INT_HEX;
    if (resourceOf(view, resources, name) === VERSION_CODE) {
      if (!number) throw new AbhayaError('package.manifest-invalid', 'the version code is no number');
      versionCode = value | 0;
    } else if (packageName === undefined && view.getUint32(at, true) === NONE && strings(name) === 'package')
      packageName = type === TYPE_STRING ? strings(value) : '';
  }
  if (packageName === undefined)
    throw new AbhayaError('package.manifest-invalid', 'the manifest names no package');
  return { packageName, versionCode };
}

function resourceOf(view: DataView, map: Chunk | undefined, name: number): number | undefined {
  if (!map || name >= (map.end - map.at - map.headerBytes) >> 2) return undefined;
  return view.getUint32(map.at + map.headerBytes + name * 4, true);
}
