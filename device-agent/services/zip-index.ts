// The structure of a package's ZIP, judged before any content is read. yauzl parses; the rules that it doesn't have
// (FACTS: it accepts duplicates, overlaps, local headers that differ, symlinks) are ours. A package needs few of
// ZIP's features, so every other one is refused rather than interpreted.

import { type FileHandle, open } from 'node:fs/promises';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { AbhayaError } from '#base';
import { packageLimits } from '#schemas';
import { assertDistinct, entryName } from './zip-names.ts';

export interface IndexedEntry {
  readonly name: string;
  readonly entry: Entry;
}

/** An opened ZIP whose structure has passed; close it. */
export interface ZipIndex {
  readonly zip: ZipFile;
  readonly packedBytes: number;
  readonly entries: ReadonlyMap<string, IndexedEntry>;
  close(): Promise<void>;
}

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const LOCAL_BYTES = 30;
const UTF8_NAMES = 0x800;
const DEFLATE_HINTS = 0x6;
const ZIP64_EXTRA = 0x0001;
const UNICODE_PATH_EXTRA = 0x7075;

const malformed = (message: string, cause?: unknown): AbhayaError =>
  new AbhayaError('package.malformed', message, cause === undefined ? {} : { cause });

/** Opens and judges; throws `package.*`. The file must not change while it is open. */
export async function openZip(path: string): Promise<ZipIndex> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > packageLimits.packedBytes)
      throw new AbhayaError(
        'package.too-large',
        `the package has ${size} bytes: at most ${packageLimits.packedBytes}`,
      );
    const directoryAt = await judgeEnd(handle, size);
    const zip = await fromFdPromise(handle.fd, {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    }).catch((cause: unknown) => {
      throw malformed('the package is not a ZIP', cause);
    });
    const entries = await readEntries(zip);
    if (Number(zip.readEntryCursor) !== size - END_BYTES)
      throw malformed("hidden bytes stand in the ZIP's directory");
    // From here on yauzl counts what it inflates; before, it would judge encrypted entries by their sizes.
    zip.validateEntrySizes = true;
    await judgeLayout(zip, [...entries.values()], directoryAt);
    return { zip, packedBytes: size, entries, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The end record must be the file's last 22 bytes and true to the file: no comment, no zip64, no second disk. */
async function judgeEnd(handle: FileHandle, size: number): Promise<number> {
  if (size < END_BYTES) throw malformed('the package is not a ZIP: it is too short');
  const tail = Buffer.alloc(Math.min(size, END_BYTES + LOCATOR_BYTES));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const end = tail.subarray(tail.length - END_BYTES);
  if (end.readUInt32LE(0) !== 0x06054b50)
    throw malformed('the package does not end as a ZIP without a comment');
  if (end.readUInt16LE(20) !== 0) throw malformed('the package has a ZIP comment');
  if (tail.length > END_BYTES && tail.readUInt32LE(0) === 0x07064b50)
    throw new AbhayaError('package.zip64', 'the package uses zip64, which none needs');
  const count = end.readUInt16LE(10);
  const directoryBytes = end.readUInt32LE(12);
  const directoryAt = end.readUInt32LE(16);
  if (count === 0xffff || directoryBytes === 0xffffffff || directoryAt === 0xffffffff)
    throw new AbhayaError('package.zip64', 'the package announces zip64, which none needs');
  if (end.readUInt16LE(4) !== 0 || end.readUInt16LE(6) !== 0 || end.readUInt16LE(8) !== count)
    throw malformed('the package is a part of a ZIP of several disks');
  if (count > packageLimits.entries)
    throw new AbhayaError(
      'package.too-large',
      `${count} entries are too many: at most ${packageLimits.entries}`,
    );
  if (directoryAt + directoryBytes !== size - END_BYTES)
    throw malformed("the ZIP's directory is not where it says");
  return directoryAt;
}

async function readEntries(zip: ZipFile): Promise<Map<string, IndexedEntry>> {
  const list: IndexedEntry[] = [];
  const raw: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) raw.push(entry);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/zip64/.test(message)) throw new AbhayaError('package.zip64', 'an entry lies about zip64', { cause });
    if (/strong encryption/.test(message))
      throw new AbhayaError('package.encrypted', 'an entry is encrypted', { cause });
    throw malformed("the ZIP's directory is broken", cause);
  }
  for (const entry of raw) list.push({ name: entryName(entry.fileNameRaw), entry });
  // Duplicates are judged on the list: a map would hide them.
  assertDistinct(list.map(({ name }) => name));
  let total = 0;
  for (const { name, entry } of list) {
    judgeEntry(name, entry);
    total += entry.uncompressedSize;
  }
  if (total > packageLimits.unpackedBytes)
    throw new AbhayaError('package.too-large', `${total} bytes unpacked are too many`);
  return new Map(list.map((item) => [item.name, item]));
}

function judgeEntry(name: string, entry: Entry): void {
  if (entry.generalPurposeBitFlag & 0x2041)
    throw new AbhayaError('package.encrypted', `${name} is encrypted`);
  if (entry.generalPurposeBitFlag & ~(UTF8_NAMES | DEFLATE_HINTS))
    throw malformed(`${name} uses a ZIP feature that packages don't have (such as a data descriptor)`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw malformed(`${name} is compressed by method ${entry.compressionMethod}: only 0 and 8 are known`);
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (type === 0o120000) throw new AbhayaError('package.symlink', `${name} is a symbolic link`);
  if (type !== 0 && type !== 0o100000) throw malformed(`${name} is no regular file`);
  if (entry.fileCommentLength !== 0) throw malformed(`${name} has a comment`);
  for (const { id } of entry.extraFields) {
    if (id === ZIP64_EXTRA) throw new AbhayaError('package.zip64', `${name} uses zip64, which none needs`);
    if (id === UNICODE_PATH_EXTRA)
      throw new AbhayaError('package.header-mismatch', `${name} has a second name in an extra field`);
  }
  const { compressedSize, uncompressedSize } = entry;
  if (entry.compressionMethod === 0 && compressedSize !== uncompressedSize)
    throw new AbhayaError('package.size-mismatch', `${name} is stored and has two sizes`);
  if (uncompressedSize > compressedSize * packageLimits.ratio)
    throw new AbhayaError(
      'package.bomb',
      `${name} grows from ${compressedSize} to ${uncompressedSize} bytes: at most ${packageLimits.ratio} times is allowed`,
    );
}

/** Local headers say what the directory says, and entries lie side by side: no overlap, no hidden bytes. */
async function judgeLayout(zip: ZipFile, entries: IndexedEntry[], directoryAt: number): Promise<void> {
  const sorted = entries.toSorted(
    (a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader,
  );
  let expectedAt = 0;
  for (const { name, entry } of sorted) {
    const startsAt = entry.relativeOffsetOfLocalHeader;
    if (startsAt < expectedAt) throw new AbhayaError('package.overlap', `${name} overlaps another entry`);
    if (startsAt > expectedAt) throw malformed(`hidden bytes stand before ${name}`);
    const local = await zip.readLocalFileHeaderPromise(entry).catch((cause: unknown) => {
      throw malformed(`${name} has no proper local header`, cause);
    });
    const same =
      Buffer.compare(local.fileName, entry.fileNameRaw) === 0 &&
      local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
      local.compressionMethod === entry.compressionMethod &&
      local.crc32 === entry.crc32 &&
      local.compressedSize === entry.compressedSize &&
      local.uncompressedSize === entry.uncompressedSize;
    if (hasZip64(local.extraField))
      throw new AbhayaError('package.zip64', `${name} uses zip64 in its local header`);
    if (!same)
      throw new AbhayaError(
        'package.header-mismatch',
        `${name}: local header and directory say different things`,
      );
    expectedAt =
      startsAt + LOCAL_BYTES + local.fileNameLength + local.extraFieldLength + entry.compressedSize;
  }
  if (expectedAt > directoryAt) throw new AbhayaError('package.overlap', 'an entry overlaps the directory');
  if (expectedAt < directoryAt) throw malformed('hidden bytes stand before the directory');
}

function hasZip64(extra: Uint8Array): boolean {
  const view = Buffer.from(extra);
  for (let at = 0; at + 4 <= view.length; at += 4 + view.readUInt16LE(at + 2)) {
    if (view.readUInt16LE(at) === ZIP64_EXTRA) return true;
  }
  return false;
}
