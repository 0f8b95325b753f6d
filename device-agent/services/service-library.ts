// The services that a device holds: a folder that is always either before or after a change (written aside, synced,
// then renamed). Owns the folder; what a crash left aside is removed when it is opened.
//
//   packages/<manifestSha256>/{package.meshsvc, manifest.json, entry.json, files/...}     aside/<random>/...

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { AbhayaError, type Clock, Emitter, type Logger, type Random, throwIfAborted } from '#base';
import { entryFiles, HexHash, jsonParserOf, type Manifest, packageLimits, parseManifest } from '#schemas';
import { canonicalBytes } from './canonical-json.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { type DeviceFacts, installVerdict } from './install-verdict.ts';
import { readPackage } from './package-reader.ts';
import type { LibraryChange, LibraryEntry, ServiceKey, ServiceLibrary } from './port.ts';
import type { SchemaJudge } from './schema-judge.ts';

export interface ServiceLibraryOptions {
  readonly folder: string;
  readonly deviceFacts: () => DeviceFacts;
  /** Borrowed, not closed. */
  readonly judge: SchemaJudge;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly developerMode?: boolean;
  readonly disk?: Disk;
}

const EntryFile = Type.Object(
  {
    packageSha256: HexHash,
    packedBytes: Type.Integer({ minimum: 0 }),
    signed: Type.Boolean(),
    addedAt: Type.Number(),
  },
  { additionalProperties: false },
);
type EntryFile = Static<typeof EntryFile>;
const parseEntryFile = jsonParserOf(EntryFile, 'entry.json', { maxBytes: 4096, code: 'package.malformed' });

/** Opens the library in the folder, making it when there is none. One process at a time. */
export async function openServiceLibrary(options: ServiceLibraryOptions): Promise<ServiceLibrary> {
  const { folder, judge, clock, random, logger } = options;
  const disk = options.disk ?? nodeDisk;
  const packages = join(folder, 'packages');
  const aside = join(folder, 'aside');
  const changes = new Emitter<LibraryChange>((error) =>
    logger.error('a listener of the library threw', { error: String(error) }),
  );
  const homeOf = (manifestSha256: string) => join(packages, manifestSha256);
  const newAside = () => join(aside, Buffer.from(random.bytes(12)).toString('hex'));

  await disk.makeFolder(packages);
  await disk.removeTree(aside);
  await disk.makeFolder(aside);
  const entries = new Map<string, LibraryEntry>();
  for (const name of await readdir(packages)) {
    try {
      entries.set(name, await loadEntry(homeOf(name), name));
    } catch (error) {
      logger.warn('a damaged service is taken out of the library', {
        manifestSha256: name,
        error: String(error),
      });
      const target = newAside();
      await disk.rename(homeOf(name), target);
      await disk.removeTree(target);
    }
  }

  const known = (manifestSha256: string): LibraryEntry => {
    const entry = entries.get(manifestSha256);
    if (!entry) throw new AbhayaError('not-found', `the library has no service ${manifestSha256}`);
    return entry;
  };

  const prepare = async (packageFile: string, work: string, signal: AbortSignal | undefined) => {
    const copy = join(work, 'package.meshsvc');
    const files = join(work, 'files');
    await disk.makeFolder(files);
    // A copy of ours is judged: the given file may change under our eyes.
    await copyInto(disk, packageFile, copy, signal);
    const developerMode = options.developerMode ?? false;
    const read = await readPackage(copy, { stagingDir: files, disk, developerMode, signal });
    for (const port of [...read.manifest.inputs, ...read.manifest.outputs])
      await judge.compile(port.schema, port.name);
    for (const path of entryFiles(read.manifest)) await disk.setMode(join(files, path), 0o700);
    const record: EntryFile = {
      packageSha256: read.packageSha256,
      packedBytes: read.packedBytes,
      signed: read.signed,
      addedAt: clock.now(),
    };
    await writeWhole(disk, join(work, 'manifest.json'), read.manifestBytes);
    await writeWhole(disk, join(work, 'entry.json'), canonicalBytes(record));
    await disk.syncFolder(work);
    return entryOf(read.manifest, read.manifestSha256, record);
  };

  // One at a time: two callers may bring the same bytes at once, and the first one's stay.
  let turn: Promise<unknown> = Promise.resolve();
  const commit = async (entry: LibraryEntry, work: string): Promise<LibraryEntry> => {
    const { manifestSha256 } = entry.key;
    const here = entries.get(manifestSha256);
    if (here) return here;
    await disk.rename(work, homeOf(manifestSha256));
    entries.set(manifestSha256, entry);
    changes.emit({ added: entry });
    await disk.syncFolder(packages);
    return entry;
  };

  return {
    onChange: (listener) => changes.on(listener),
    list: () => [...entries.values()],
    find: (query) =>
      [...entries.values()].filter(
        ({ key }) =>
          (query.manifestSha256 ?? key.manifestSha256) === key.manifestSha256 &&
          (query.author ?? key.author) === key.author &&
          (query.packageId ?? key.packageId) === key.packageId &&
          (query.version ?? key.version) === key.version,
      ),
    get: (manifestSha256) => entries.get(manifestSha256),
    async add(packageFile, { signal, expect } = {}) {
      throwIfAborted(signal);
      const work = newAside();
      try {
        const entry = await prepare(packageFile, work, signal);
        if (expect && !sameKey(entry.key, expect))
          throw new AbhayaError('package.hash-mismatch', 'this is not the package that was asked for');
        const committed = turn.then(() => commit(entry, work));
        turn = committed.catch(() => undefined);
        return await committed;
      } finally {
        await disk.removeTree(work);
      }
    },
    packageFile: (manifestSha256) =>
      join(homeOf(known(manifestSha256).key.manifestSha256), 'package.meshsvc'),
    async unpacked(manifestSha256) {
      return join(homeOf(known(manifestSha256).key.manifestSha256), 'files');
    },
    async remove(manifestSha256) {
      const { key } = known(manifestSha256);
      const target = newAside();
      await disk.rename(homeOf(manifestSha256), target);
      entries.delete(manifestSha256);
      changes.emit({ removed: key });
      await disk.syncFolder(packages);
      await disk.removeTree(target);
    },
    verdict: (manifest) => installVerdict(options.deviceFacts(), manifest),
  };
}

const sameKey = (a: ServiceKey, b: ServiceKey): boolean =>
  a.manifestSha256 === b.manifestSha256 &&
  a.author === b.author &&
  a.packageId === b.packageId &&
  a.version === b.version;

const entryOf = (manifest: Manifest, manifestSha256: string, record: EntryFile): LibraryEntry => ({
  key: { author: manifest.author, packageId: manifest.packageId, version: manifest.version, manifestSha256 },
  manifest,
  ...record,
});

/** An entry from its folder; throws when anything in it is not what was written. */
async function loadEntry(home: string, manifestSha256: string): Promise<LibraryEntry> {
  const manifestBytes = await readFile(join(home, 'manifest.json'));
  if (createHash('sha256').update(manifestBytes).digest('hex') !== manifestSha256)
    throw new AbhayaError('package.hash-mismatch', 'the stored manifest was changed');
  const manifest = parseManifest(JSON.parse(manifestBytes.toString('utf8')));
  const record = parseEntryFile(await readFile(join(home, 'entry.json')));
  const { size } = await stat(join(home, 'package.meshsvc'));
  if (size !== record.packedBytes)
    throw new AbhayaError('package.size-mismatch', 'the stored package was changed');
  for (const file of manifest.files) {
    const { size: unpacked } = await stat(join(home, 'files', file.path));
    if (unpacked !== file.sizeBytes)
      throw new AbhayaError('package.size-mismatch', `the unpacked file ${file.path} was changed`);
  }
  return entryOf(manifest, manifestSha256, record);
}

async function writeWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.createFile(path, 0o600);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function copyInto(
  disk: Disk,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await disk.createFile(to, 0o600);
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(from)) {
      throwIfAborted(signal);
      bytes += (chunk as Buffer).length;
      if (bytes > packageLimits.packedBytes)
        throw new AbhayaError(
          'package.too-large',
          `the package has more than ${packageLimits.packedBytes} bytes`,
        );
      await file.write(chunk as Buffer);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
