// APKs for tests. `fixtureApk` is a real one: Debian's `aapt2 link --manifest AndroidManifest.xml -I framework-res.apk`,
// then `apksigner sign`, from <manifest package="org.abhaya.fixture" android:versionCode="7">. The crafted ones are right
// or wrong in whatever a test names.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CraftedEntry, craftZip } from '../../../device-agent/services/craft-zip.tester.ts';

export const fixturePath = join(import.meta.dirname, 'fixture.apk');
export const fixtureApk = (): Promise<Buffer> => readFile(fixturePath);

export interface CraftedManifest {
  readonly name?: string;
  readonly versionCode?: number;
  readonly element?: string;
  readonly utf8?: boolean;
  /** What the string pool says, instead of what it has. */
  readonly stringCount?: number;
  /** Bytes of the whole, of the pool and of the element as they are told. */
  readonly rootBytes?: number;
  readonly poolBytes?: number;
  readonly elementBytes?: number;
  readonly attributeCount?: number;
  readonly attributeBytes?: number;
  /** Where the package's name lies, as an offset in the pool. */
  readonly nameOffset?: number;
  /** A chunk put before the element. */
  readonly before?: Uint8Array;
}

export const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
export const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

export const chunkOf = (
  type: number,
  header: Uint8Array,
  body: Uint8Array,
  bytes = 8 + header.length + body.length,
): Buffer => Buffer.concat([u16(type), u16(8 + header.length), u32(bytes), header, body]);

export function craftManifest(options: CraftedManifest = {}): Buffer {
  const { utf8 = false, versionCode = 1, element = 'manifest' } = options;
  const strings = ['versionCode', 'package', element, options.name ?? 'org.example.crafted'];
  const encoded = strings.map((text) =>
    utf8
      ? Buffer.concat([Buffer.of(text.length, Buffer.byteLength(text)), Buffer.from(text), Buffer.of(0)])
      : Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le'), u16(0)]),
  );
  let at = 0;
  const offsets = encoded.map((bytes) => {
    at += bytes.length;
    return at - bytes.length;
  });
  offsets[3] = options.nameOffset ?? (offsets[3] as number);
  const data = Buffer.concat([...encoded, Buffer.alloc((4 - (at % 4)) % 4)]);
  const pool = chunkOf(
    1,
    u32(options.stringCount ?? strings.length, 0, utf8 ? 0x100 : 0, 28 + 4 * strings.length, 0),
    Buffer.concat([u32(...offsets), data]),
    options.poolBytes,
  );
  const map = chunkOf(0x180, Buffer.alloc(0), u32(0x0101021b));
  const none = 0xffff_ffff;
  const typed = (type: number, value: number) => Buffer.concat([u16(8), Buffer.of(0, type), u32(value)]);
  const attributes = Buffer.concat([
    u32(none, 0, none),
    typed(0x10, versionCode),
    u32(none, 1, 3),
    typed(0x03, 3),
  ]);
  const body = Buffer.concat([
    u32(none, 2),
    u16(20),
    u16(options.attributeBytes ?? 20),
    u16(options.attributeCount ?? 2),
    Buffer.alloc(6),
    attributes,
  ]);
  const start = chunkOf(0x102, u32(1, none), body, options.elementBytes);
  const parts = Buffer.concat([pool, map, options.before ?? Buffer.alloc(0), start]);
  return chunkOf(3, Buffer.alloc(0), parts, options.rootBytes);
}

/** An APK with this manifest, among other entries. */
export const craftApk = (
  manifest: Uint8Array,
  how: Partial<CraftedEntry> = {},
  others: readonly CraftedEntry[] = [],
): Uint8Array =>
  craftZip([...others, { name: 'AndroidManifest.xml', content: manifest, deflate: true, ...how }]);
