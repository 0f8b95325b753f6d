// Reads a package that anyone may have made. Nothing is believed before it is checked: first the ZIP's structure,
// then signature and manifest, then every byte of every file. Files go to a staging folder of the caller's, never
// to their final place (spec 01, Package).

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AbhayaError, throwIfAborted } from '#base';
import { type Manifest, type PackageFile, packageLimits, parseManifest } from '#schemas';
import { parseCanonical } from './canonical-json.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { MANIFEST_PAYLOAD_TYPE, openEnvelope } from './dsse.ts';
import { parseOnion } from './onion.ts';
import { assertTameSchema } from './schema-rules.ts';
import { type IndexedEntry, openZip, type ZipIndex } from './zip-index.ts';

export interface ReadPackage {
  readonly manifest: Manifest;
  /** Lower-case hex of SHA-256 over manifest.json. */
  readonly manifestSha256: string;
  readonly packageSha256: string;
  readonly packedBytes: number;
  /** manifest.json as it stands in the package. */
  readonly manifestBytes: Uint8Array;
  /** False for DEV_UNSIGNED. */
  readonly signed: boolean;
}

export interface ReadOptions {
  /** An existing empty folder that gets the package's files; absent: they are verified only. */
  readonly stagingDir?: string;
  /** Writes to stagingDir; default the real one. */
  readonly disk?: Disk;
  /** Development packages pass only where the device is in developer mode; default false. */
  readonly developerMode?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const MANIFEST = 'manifest.json';
const SIGNATURE = 'META/signature.json';

/** Verifies the package file entirely. Throws `package.*`, `cancelled`. */
export async function readPackage(path: string, options: ReadOptions = {}): Promise<ReadPackage> {
  const zip = await openZip(path);
  try {
    const { manifest, manifestBytes, manifestSha256, signed } = await readIdentity(
      zip,
      options.developerMode ?? false,
    );
    judgeFiles(zip, manifest);
    for (const file of manifest.files) {
      throwIfAborted(options.signal);
      await readFile(zip, file, options);
    }
    const packageSha256 = await sha256OfFile(path, options.signal);
    return { manifest, manifestBytes, manifestSha256, packageSha256, packedBytes: zip.packedBytes, signed };
  } finally {
    await zip.close();
  }
}

async function readIdentity(zip: ZipIndex, developerMode: boolean) {
  for (const name of zip.entries.keys()) {
    if (name.startsWith('META/') && name !== SIGNATURE)
      throw new AbhayaError('package.meta-extra', `META/ holds only signature.json, not ${name}`);
  }
  const manifestBytes = await readSmall(zip, MANIFEST, packageLimits.manifestBytes);
  const envelopeBytes = await readSmall(zip, SIGNATURE, packageLimits.signatureBytes);
  const raw = parseCanonical(manifestBytes, MANIFEST);
  const { payload, signedBy } = openEnvelope(envelopeBytes, MANIFEST_PAYLOAD_TYPE);
  if (Buffer.compare(payload, manifestBytes) !== 0)
    throw new AbhayaError('package.payload-mismatch', 'what was signed is not the manifest of this package');
  const manifest = parseManifest(raw);
  for (const port of [...manifest.inputs, ...manifest.outputs]) assertTameSchema(port.schema, port.name);
  try {
    parseOnion(manifest.author);
  } catch (cause) {
    throw new AbhayaError('package.manifest-invalid', 'the author is no usable onion identity', { cause });
  }
  if (signedBy === undefined && !developerMode)
    throw new AbhayaError('package.unsigned', 'the package is DEV_UNSIGNED: only developer mode takes it');
  if (signedBy !== undefined && signedBy !== manifest.author)
    throw new AbhayaError('package.signature', `signed by ${signedBy}, which is not the author`);
  const manifestSha256 = createHash('sha256').update(manifestBytes).digest('hex');
  return { manifest, manifestBytes, manifestSha256, signed: signedBy !== undefined };
}

/** `files` and the entries are the same set, with the same sizes. */
function judgeFiles(zip: ZipIndex, manifest: Manifest): void {
  const declared = new Map(manifest.files.map((file) => [file.path, file]));
  for (const [name, { entry }] of zip.entries) {
    if (name === MANIFEST || name === SIGNATURE) continue;
    const file = declared.get(name);
    if (!file)
      throw new AbhayaError('package.undeclared-file', `${name} does not stand in the manifest's files`);
    if (file.sizeBytes !== entry.uncompressedSize)
      throw new AbhayaError('package.size-mismatch', `${name} has another size than the manifest says`);
    declared.delete(name);
  }
  const [missing] = declared.keys();
  if (missing !== undefined) throw new AbhayaError('package.missing-file', `the package lacks ${missing}`);
}

async function readSmall(zip: ZipIndex, name: string, maxBytes: number): Promise<Uint8Array> {
  const item = zip.entries.get(name);
  if (!item) throw new AbhayaError('package.missing-file', `the package lacks ${name}`);
  if (item.entry.uncompressedSize > maxBytes)
    throw new AbhayaError('package.too-large', `${name} has more than ${maxBytes} bytes`);
  const chunks: Uint8Array[] = [];
  await eachChunk(zip, item, (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks);
}

async function readFile(zip: ZipIndex, file: PackageFile, options: ReadOptions): Promise<void> {
  const item = zip.entries.get(file.path);
  if (!item) throw new AbhayaError('package.missing-file', `the package lacks ${file.path}`);
  const hash = createHash('sha256');
  const target = options.stagingDir === undefined ? undefined : join(options.stagingDir, file.path);
  const disk = options.disk ?? nodeDisk;
  if (target) await disk.makeFolder(dirname(target));
  const sink = target ? await disk.createFile(target, 0o600) : undefined;
  try {
    await eachChunk(zip, item, async (chunk) => {
      throwIfAborted(options.signal);
      hash.update(chunk);
      await sink?.write(chunk);
    });
    await sink?.sync();
  } finally {
    await sink?.close();
  }
  if (hash.digest('hex') !== file.sha256)
    throw new AbhayaError('package.hash-mismatch', `${file.path} is not what the manifest says`);
}

/** Inflates one entry; size and CRC are checked as it goes. */
async function eachChunk(
  zip: ZipIndex,
  { name, entry }: IndexedEntry,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  let crc = 0;
  const stream = await zip.zip.openReadStreamPromise(entry).catch((cause: unknown) => {
    throw new AbhayaError('package.malformed', `${name} can't be read`, { cause });
  });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      crc = crc32(chunk, crc);
      await take(chunk);
    }
  } catch (cause) {
    if (cause instanceof AbhayaError || !(cause instanceof Error)) throw cause;
    if (/too many bytes/.test(cause.message))
      throw new AbhayaError('package.bomb', `${name} is larger than it says`, { cause });
    if (/not enough bytes/.test(cause.message))
      throw new AbhayaError('package.size-mismatch', `${name} is smaller than it says`, { cause });
    if ('code' in cause && String(cause.code).startsWith('Z_'))
      throw new AbhayaError('package.malformed', `${name} can't be inflated`, { cause });
    throw cause;
  } finally {
    stream.destroy();
  }
  if (crc !== entry.crc32) throw new AbhayaError('package.crc-mismatch', `${name} has a wrong checksum`);
}

async function sha256OfFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) {
    throwIfAborted(signal);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
