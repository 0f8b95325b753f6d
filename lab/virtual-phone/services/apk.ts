// Name and version of an APK. The file is hostile: little of it is read, and that is limited before it is read.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { AbhayaError } from '#base';
import { type ManifestFacts, readBinaryManifest } from '../core/index.ts';

const MANIFEST = 'AndroidManifest.xml';
/** The largest apps have some hundred kilobytes. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_ENTRIES = 65_535;
/** Letters, digits and underscores, two parts or more: as Android has it, and never a path. */
const PACKAGE_NAME = /^[a-zA-Z]\w*(\.[a-zA-Z]\w*)+$/;
const MAX_NAME = 223;

/** Throws `package.*` when the file is no APK. */
export async function readApk(path: string): Promise<ManifestFacts> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const facts = readBinaryManifest(await ofZip(manifestOf(file.fd)));
    if (!PACKAGE_NAME.test(facts.packageName) || facts.packageName.length > MAX_NAME)
      throw new AbhayaError('package.bad-name', 'the name of the package is none that Android takes');
    return facts;
  } finally {
    await file.close();
  }
}

async function manifestOf(fd: number): Promise<Buffer> {
  const zip = await fromFdPromise(fd, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  const entry = await findManifest(zip);
  if (entry.uncompressedSize > MAX_MANIFEST_BYTES)
    throw new AbhayaError('package.too-large', `${MANIFEST} has ${entry.uncompressedSize} bytes`);
  // yauzl ends a stream that grows beyond the size that was declared.
  return buffer(await zip.openReadStreamPromise(entry));
}

async function findManifest(zip: ZipFile): Promise<Entry> {
  let seen = 0;
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === MANIFEST) return entry;
    if (++seen >= MAX_ENTRIES) throw new AbhayaError('package.too-large', 'the APK has too many entries');
  }
  throw new AbhayaError('package.missing-file', `the APK has no ${MANIFEST}`);
}

async function ofZip<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AbhayaError) throw cause;
    throw new AbhayaError('package.malformed', `not an APK: ${(cause as Error).message}`, { cause });
  }
}
