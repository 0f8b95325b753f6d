// For tests: ZIPs byte by byte, right or wrong in any field that one names.

import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { canonicalBytes } from './canonical-json.ts';
import { MANIFEST_PAYLOAD_TYPE, sealEnvelope } from './dsse.ts';
import { type Signer, signerFromSeed } from './signer.ts';

export interface CraftedEntry {
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  /** Replaces what is stored; the headers still tell of content. */
  readonly stored?: Uint8Array;
  readonly flags?: number;
  readonly mode?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly centralExtra?: Uint8Array;
  readonly localExtra?: Uint8Array;
  readonly local?: {
    readonly name?: string;
    readonly crc?: number;
    readonly size?: number;
    readonly flags?: number;
  };
  /** Points to this offset instead of the entry's own local header. */
  readonly offset?: number;
  /** Bytes put before the local header. */
  readonly before?: Uint8Array;
  /** Leaves local header and data out. */
  readonly ghost?: boolean;
}

export interface CraftedEnd {
  readonly comment?: Uint8Array;
  readonly count?: number;
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
  readonly directoryOffset?: number;
}

const bytesOf = (name: string | Uint8Array): Uint8Array =>
  typeof name === 'string' ? Buffer.from(name, 'utf8') : name;

export function craftZip(entries: readonly CraftedEntry[], end: CraftedEnd = {}): Uint8Array {
  const out: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (bytes: Uint8Array) => {
    out.push(bytes);
    at += bytes.length;
  };
  for (const entry of entries) {
    if (entry.before) put(entry.before);
    const offset = entry.offset ?? at;
    const name = bytesOf(entry.name);
    const data = entry.stored ?? (entry.deflate ? deflateRawSync(entry.content) : entry.content);
    const fields = {
      flags: entry.flags ?? 0x800,
      method: entry.deflate ? 8 : 0,
      crc: entry.crc ?? crc32(entry.content),
      packed: data.length,
      size: entry.size ?? entry.content.length,
    };
    if (!entry.ghost) {
      put(localHeader({ ...fields, ...entry.local }, bytesOf(entry.local?.name ?? name), entry.localExtra));
      put(data);
    }
    directory.push(centralHeader(fields, name, entry.mode ?? 0o100644, offset, entry.centralExtra));
  }
  if (end.before) put(end.before);
  const directoryAt = at;
  for (const header of directory) put(header);
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(end.count ?? entries.length, 8);
  record.writeUInt16LE(end.count ?? entries.length, 10);
  record.writeUInt32LE(at - directoryAt, 12);
  record.writeUInt32LE(end.directoryOffset ?? directoryAt, 16);
  record.writeUInt16LE(end.comment?.length ?? 0, 20);
  if (end.after) put(end.after);
  put(record);
  if (end.comment) put(end.comment);
  return Buffer.concat(out);
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
}

function localHeader(f: Fields, name: Uint8Array, extra: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(f.flags, 6);
  head.writeUInt16LE(f.method, 8);
  head.writeUInt16LE(0x21, 12);
  head.writeUInt32LE(f.crc, 14);
  head.writeUInt32LE(f.packed, 18);
  head.writeUInt32LE(f.size, 22);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, name, extra]);
}

function centralHeader(
  f: Fields,
  name: Uint8Array,
  mode: number,
  offset: number,
  extra: Uint8Array = new Uint8Array(),
): Uint8Array {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((3 << 8) | 63, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(f.flags, 8);
  head.writeUInt16LE(f.method, 10);
  head.writeUInt16LE(0x21, 14);
  head.writeUInt32LE(f.crc, 16);
  head.writeUInt32LE(f.packed, 20);
  head.writeUInt32LE(f.size, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE((mode << 16) >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name, extra]);
}

/** An extra field. */
export function extraField(id: number, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

export const testSigner = (fill = 7): Signer => signerFromSeed(new Uint8Array(32).fill(fill));

/** A whole, valid manifest; files as given. */
export function testManifest(files: Readonly<Record<string, Uint8Array>>, changes: object = {}): object {
  return {
    manifestVersion: '1.0',
    packageId: 'org.example.echo',
    version: '1.0.0',
    serviceName: 'Echo',
    description: 'Gives back what it gets.',
    author: testSigner().address,
    serviceType: 'CUSTOM',
    language: 'c',
    entryPoint: 'service/echo',
    runtimeRequired: ['native'],
    deviceProfile: 'budget',
    resourceRequirements: {
      minMemoryMB: 1,
      estimatedCpuUsage: 0.1,
      storageRequiredMB: 1,
      requiresGPU: false,
    },
    executionTimeoutSeconds: 10,
    platformSupport: ['android', 'linux'],
    inputs: [
      {
        name: 'text',
        schema: {},
        mediaType: 'application/octet-stream',
        required: true,
        maxBytes: 1_000_000,
      },
    ],
    outputs: [
      {
        name: 'echo',
        schema: { type: 'object', required: ['echo'] },
        mediaType: 'application/json',
        required: true,
        maxBytes: 1_000_000,
      },
    ],
    inputSources: ['file', 'value'],
    capabilities: ['echo'],
    files: Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => ({
        path,
        sizeBytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    ...changes,
  };
}

/** The entries of a good package, to be changed by a test: manifest, signature, then the files. */
export function goodEntries(
  files: Readonly<Record<string, Uint8Array>>,
  options: {
    manifest?: object;
    signer?: Signer | undefined;
    payload?: Uint8Array;
    signature?: Uint8Array;
  } = {},
): CraftedEntry[] {
  const manifest = canonicalBytes(options.manifest ?? testManifest(files));
  const signer = 'signer' in options ? options.signer : testSigner();
  const signature =
    options.signature ?? sealEnvelope(MANIFEST_PAYLOAD_TYPE, options.payload ?? manifest, signer);
  return [
    { name: 'META/signature.json', content: signature },
    { name: 'manifest.json', content: manifest },
    ...Object.entries(files).map(([name, content]) => ({ name, content })),
  ];
}
