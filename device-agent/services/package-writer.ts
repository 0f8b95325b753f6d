// Writes a package: the same manifest, files and key give the same bytes (spec 01, Package).

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { AbhayaError } from '#base';
import { type Manifest, packageLimits, parseManifest } from '#schemas';
import { canonicalBytes } from './canonical-json.ts';
import { MANIFEST_PAYLOAD_TYPE, sealEnvelope } from './dsse.ts';
import type { Signer } from './signer.ts';

export interface PackageSource {
  /** `files` is filled from the files, `author` from the signer where it is left out. */
  readonly manifest: Omit<Manifest, 'files' | 'author'> & { readonly author?: string };
  /** Path in the package → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface WrittenPackage {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  /** Lower-case hex. */
  readonly manifestSha256: string;
  readonly packageSha256: string;
}

const LEVEL = 9;

/**
 * Signs and packs. Without a signer the package is DEV_UNSIGNED. Throws `package.manifest-invalid` and
 * `package.too-large`: what is written can be read.
 */
export async function writePackage(source: PackageSource, signer?: Signer): Promise<WrittenPackage> {
  const manifest = parseManifest({
    ...source.manifest,
    author: source.manifest.author ?? signer?.address,
    files: [...source.files].sort(byName).map(([path, content]) => ({
      path,
      sizeBytes: content.length,
      sha256: sha256(content),
    })),
  });
  if (signer && manifest.author !== signer.address)
    throw new AbhayaError('package.manifest-invalid', 'the author is not the identity that signs');
  const manifestBytes = canonicalBytes(manifest);
  const entries = new Map(source.files);
  entries.set('manifest.json', manifestBytes);
  entries.set('META/signature.json', sealEnvelope(MANIFEST_PAYLOAD_TYPE, manifestBytes, signer));
  const bytes = await zip(entries);
  if (bytes.length > packageLimits.packedBytes)
    throw new AbhayaError('package.too-large', `${bytes.length} bytes packed are too many`);
  return { bytes, manifest, manifestSha256: sha256(manifestBytes), packageSha256: sha256(bytes) };
}

async function zip(entries: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const { ZipFile } = await import('yazl'); // phones read packages and write none
  const file = new ZipFile();
  const chunks: Buffer[] = [];
  file.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = once(file.outputStream, 'end');
  for (const [path, content] of [...entries].sort(byName)) {
    file.addBuffer(Buffer.from(content), path, {
      mtime: new Date(1980, 0, 1), // yazl stores local time: the same in every zone
      forceDosTimestamp: true,
      mode: 0o100644,
      ...compression(content),
    });
  }
  file.end();
  await done;
  return Buffer.concat(chunks);
}

/** Deflated where it helps; stored where the ratio would look like a bomb to a reader. */
function compression(content: Uint8Array): { compressionLevel: number } {
  const packed = deflateRawSync(content, { level: LEVEL }).length;
  const suits = packed < content.length && content.length <= packed * packageLimits.ratio;
  return { compressionLevel: suits ? LEVEL : 0 };
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
