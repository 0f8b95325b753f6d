// The library on a real folder: adding, finding, removing, and the disk breaking at every single step.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, seededRandom, silentLogger } from '#base';
import { craftZip, goodEntries, testManifest } from './craft-zip.tester.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { createSchemaJudge } from './schema-judge.ts';
import { openServiceLibrary } from './service-library.ts';

const files = { 'service/echo': new TextEncoder().encode('#!program'), 'assets/a': new Uint8Array(10) };
const judge = createSchemaJudge();
afterAll(() => judge.close());

let root: string;
let packageFile: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'abhaya-library-'));
  packageFile = join(root, 'echo.meshsvc');
  await writeFile(packageFile, craftZip(goodEntries(files)));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const openLibrary = (disk: Disk = nodeDisk, folder = join(root, 'library')) =>
  openServiceLibrary({
    folder,
    disk,
    judge,
    clock: new ManualClock(1000),
    random: seededRandom(Math.random() * 2 ** 32),
    logger: silentLogger,
    deviceFacts: () => ({
      profile: 'budget',
      abi: 'x86_64',
      platforms: ['android'],
      runtimes: ['native'],
      memoryMB: 1000,
      freeStorageMB: 1000,
      hasGpu: false,
      specialHardware: [],
    }),
  });

async function putVersion(version: string): Promise<string> {
  const path = join(root, `${version}.meshsvc`);
  await writeFile(path, craftZip(goodEntries(files, { manifest: testManifest(files, { version }) })));
  return path;
}

describe('the library', () => {
  it('tells what came and went, once each', async () => {
    const library = await openLibrary();
    const told: unknown[] = [];
    const off = library.onChange((change) => told.push(change));
    const [entry] = await Promise.all([library.add(packageFile), library.add(packageFile)]);
    await library.add(packageFile);
    await library.remove(entry.key.manifestSha256);
    expect(told).toEqual([{ added: entry }, { removed: entry.key }]);
    off();
    await library.add(packageFile);
    expect(told).toHaveLength(2);
  });

  it('keeps what was added over a restart, with an executable entry point', async () => {
    const library = await openLibrary();
    const entry = await library.add(packageFile);
    expect(entry.signed).toBe(true);
    expect(library.verdict(entry.manifest).verdict).toBe('ok');

    const again = await openLibrary();
    expect(again.list()).toEqual([entry]);
    const unpacked = await again.unpacked(entry.key.manifestSha256);
    expect(await readFile(join(unpacked, 'service/echo'), 'utf8')).toBe('#!program');
    expect((await stat(join(unpacked, 'service/echo'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(unpacked, 'assets/a'))).mode & 0o777).toBe(0o600);
    const stored = await readFile(again.packageFile(entry.key.manifestSha256));
    expect(stored.equals(await readFile(packageFile))).toBe(true);
  });

  it('finds by any part of the key', async () => {
    const library = await openLibrary();
    await library.add(packageFile);
    await library.add(await putVersion('2.0.0'));
    expect(library.find({ packageId: 'org.example.echo' })).toHaveLength(2);
    expect(library.find({ version: '2.0.0' })).toHaveLength(1);
    expect(library.find({ packageId: 'org.example.other' })).toHaveLength(0);
  });

  it('the same bytes added twice, or twice at once, are one entry', async () => {
    const library = await openLibrary();
    const [a, b] = await Promise.all([library.add(packageFile), library.add(packageFile)]);
    expect(a.key).toEqual(b.key);
    await library.add(packageFile);
    expect(library.list()).toHaveLength(1);
    expect(await readdir(join(root, 'library/aside'))).toEqual([]);
  });

  it('a refused package leaves nothing', async () => {
    const library = await openLibrary();
    await writeFile(packageFile, (await readFile(packageFile)).subarray(0, 300));
    await expect(library.add(packageFile)).rejects.toThrow(
      expect.objectContaining({ code: 'package.malformed' }),
    );
    expect(library.list()).toEqual([]);
    expect(await readdir(join(root, 'library/aside'))).toEqual([]);
    expect(await readdir(join(root, 'library/packages'))).toEqual([]);
  });

  it('cancelling leaves nothing', async () => {
    const library = await openLibrary();
    const signal = AbortSignal.abort();
    await expect(library.add(packageFile, { signal })).rejects.toThrow(
      expect.objectContaining({ code: 'cancelled' }),
    );
    expect(library.list()).toEqual([]);
  });

  it('removes', async () => {
    const library = await openLibrary();
    const { key } = await library.add(packageFile);
    await library.remove(key.manifestSha256);
    expect(library.list()).toEqual([]);
    await expect(library.remove(key.manifestSha256)).rejects.toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect((await openLibrary()).list()).toEqual([]);
  });

  it.each(['manifest.json', 'entry.json', 'files/service/echo', 'package.meshsvc'])(
    'a damaged %s takes the entry out',
    async (name) => {
      const { key } = await (await openLibrary()).add(packageFile);
      await writeFile(join(root, 'library/packages', key.manifestSha256, name), 'broken');
      expect((await openLibrary()).list()).toEqual([]);
      expect(await readdir(join(root, 'library/packages'))).toEqual([]);
    },
  );
});

/** Allows so many steps, then fails every one, as a process that died or a full disk does. */
function breakingDisk(steps: number): { disk: Disk; broke: () => boolean } {
  let left = steps;
  let broke = false;
  const step = async () => {
    if (left-- > 0) return;
    broke = true;
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const disk: Disk = {
    makeFolder: (path) => step().then(() => nodeDisk.makeFolder(path)),
    createFile: async (path, mode) => {
      await step();
      const file = await nodeDisk.createFile(path, mode);
      return {
        write: (chunk) => step().then(() => file.write(chunk)),
        sync: () => step().then(() => file.sync()),
        close: () => file.close(),
      };
    },
    setMode: (path, mode) => step().then(() => nodeDisk.setMode(path, mode)),
    rename: (from, to) => step().then(() => nodeDisk.rename(from, to)),
    syncFolder: (path) => step().then(() => nodeDisk.syncFolder(path)),
    removeTree: (path) => step().then(() => nodeDisk.removeTree(path)),
  };
  return { disk, broke: () => broke };
}

describe('a disk that breaks at every step', () => {
  it('leaves the library before or after the change, never between', async () => {
    const second = await putVersion('2.0.0');
    let finished = 0;
    for (let steps = 0; finished === 0; steps++) {
      const folder = join(root, `library-${steps}`);
      await mkdir(folder);
      const { key } = await (await openLibrary(nodeDisk, folder)).add(packageFile);

      const { disk, broke } = breakingDisk(steps);
      const work = async () => {
        const library = await openLibrary(disk, folder);
        await library.add(second);
        await library.remove(key.manifestSha256);
      };
      const failed = await work().then(
        () => false,
        () => true,
      );
      expect(failed).toBe(broke());
      if (!failed) finished = steps;

      const after = await openLibrary(nodeDisk, folder);
      const versions = after.list().map((entry) => entry.key.version);
      expect([['1.0.0'], ['1.0.0', '2.0.0'], ['2.0.0']]).toContainEqual(versions.sort());
      expect(await readdir(join(folder, 'aside'))).toEqual([]);
      for (const entry of after.list()) {
        const unpacked = await after.unpacked(entry.key.manifestSha256);
        expect(await readFile(join(unpacked, 'service/echo'), 'utf8')).toBe('#!program');
      }
      await after.add(second);
      expect(after.find({ version: '2.0.0' })).toHaveLength(1);
      await rm(folder, { recursive: true });
    }
    expect(finished).toBeGreaterThan(20);
  });
});
