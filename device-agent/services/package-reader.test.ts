// Packages that lie: each way has its own code, and nothing appears where it should not.

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '#base';
import {
  type CraftedEntry,
  craftZip,
  extraField,
  goodEntries,
  testManifest,
  testSigner,
} from './craft-zip.tester.ts';
import { type ReadOptions, readPackage } from './package-reader.ts';
import { writePackage } from './package-writer.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const files = { 'service/echo': text('#!program'), 'assets/note.txt': text('a note') };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-package-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(bytes: Uint8Array, options: ReadOptions = {}) {
  const path = join(folder, 'x.meshsvc');
  await writeFile(path, bytes);
  return readPackage(path, options);
}

const codeOf = (bytes: Uint8Array, options?: ReadOptions): Promise<ErrorCode | 'passed' | unknown> =>
  read(bytes, options).then(
    () => 'passed',
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

/** The good package with one entry changed. */
const withChange = (name: string, change: Partial<CraftedEntry>): Uint8Array =>
  craftZip(goodEntries(files).map((entry) => (entry.name === name ? { ...entry, ...change } : entry)));
const withExtra = (...extra: CraftedEntry[]): Uint8Array => craftZip([...goodEntries(files), ...extra]);
const extra = (name: string | Uint8Array, more: Partial<CraftedEntry> = {}): CraftedEntry => ({
  name,
  content: text('x'),
  ...more,
});

describe('a good package', () => {
  it('is written, read and unpacked byte for byte', async () => {
    const { files: _, author: __, ...manifest } = testManifest(files) as never as Record<string, unknown>;
    const source = { manifest: manifest as never, files: new Map(Object.entries(files)) };
    const written = await writePackage(source, testSigner());
    const again = await writePackage(source, testSigner());
    expect(Buffer.compare(written.bytes, again.bytes)).toBe(0);

    const staging = await mkdtemp(join(folder, 'staging-'));
    const got = await read(written.bytes, { stagingDir: staging });
    expect(got).toMatchObject({
      signed: true,
      manifestSha256: written.manifestSha256,
      packageSha256: createHash('sha256').update(written.bytes).digest('hex'),
      packedBytes: written.bytes.length,
    });
    expect(got.manifest.author).toBe(testSigner().address);
    expect(await readFile(join(staging, 'service/echo'), 'utf8')).toBe('#!program');
    expect((await readdir(staging)).sort()).toEqual(['assets', 'service']);
  });

  it('written by another tool passes too', async () => {
    expect(await codeOf(craftZip(goodEntries(files)))).toBe('passed');
    expect(await codeOf(withChange('assets/note.txt', { deflate: true }))).toBe('passed');
  });

  it('stores what would compress like a bomb', async () => {
    const zeros = new Uint8Array(1_000_000);
    const big = { 'service/echo': zeros };
    const { files: _, ...manifest } = testManifest(big) as never as Record<string, unknown>;
    const written = await writePackage(
      { manifest: manifest as never, files: new Map(Object.entries(big)) },
      testSigner(),
    );
    expect(await codeOf(written.bytes)).toBe('passed');
  });

  it('without a signature passes only in developer mode', async () => {
    const bytes = craftZip(goodEntries(files, { signer: undefined }));
    expect(await codeOf(bytes)).toBe('package.unsigned');
    expect((await read(bytes, { developerMode: true })).signed).toBe(false);
  });
});

describe('hostile names', () => {
  it.each<[string, string | Uint8Array, ErrorCode]>([
    ['path traversal', 'service/../../etc/passwd', 'package.traversal'],
    ['a dot part', 'service/./echo2', 'package.traversal'],
    ['an empty part', 'service//echo2', 'package.traversal'],
    ['an absolute path', '/etc/passwd', 'package.absolute-path'],
    ['a drive letter', 'C:/windows', 'package.absolute-path'],
    ['a backslash', 'service\\echo2', 'package.backslash'],
    ['NUL', Buffer.from('service/echo\0.txt'), 'package.bad-name'],
    ['a control character', 'service/a\nb', 'package.bad-name'],
    ['no ASCII', 'service/écho', 'package.bad-name'],
    ['no name', '', 'package.bad-name'],
    ['a very long name', `service/${'a'.repeat(300)}`, 'package.bad-name'],
    ['a folder', 'service/folder/', 'package.undeclared-file'],
    ['a duplicate', 'service/echo', 'package.duplicate'],
    ['a case clash', 'Service/Echo', 'package.case-clash'],
    ['a file as a folder', 'service/echo/below', 'package.duplicate'],
    ['a file as a folder in another case', 'service/ECHO/below', 'package.case-clash'],
    ['a file that the manifest has not', 'service/more', 'package.undeclared-file'],
    ['a file beside the folders', 'more.txt', 'package.undeclared-file'],
    ['another file in META', 'META/extra.json', 'package.meta-extra'],
  ])('%s is refused', async (_what, name, code) => {
    expect(await codeOf(withExtra(extra(name)))).toBe(code);
  });
});

describe('hostile structure', () => {
  const zip64 = extraField(0x0001, Buffer.alloc(16, 1));
  it.each<[string, () => Uint8Array, ErrorCode]>([
    ['a symbolic link', () => withChange('service/echo', { mode: 0o120777 }), 'package.symlink'],
    ['a device node', () => withChange('service/echo', { mode: 0o020666 }), 'package.malformed'],
    ['an encrypted entry', () => withChange('service/echo', { flags: 0x801 }), 'package.encrypted'],
    ['strong encryption', () => withChange('service/echo', { flags: 0x840 }), 'package.encrypted'],
    ['a hidden directory', () => withChange('service/echo', { flags: 0x2800 }), 'package.encrypted'],
    ['a data descriptor', () => withChange('service/echo', { flags: 0x808 }), 'package.malformed'],
    ['a bad CRC', () => withChange('service/echo', { crc: 1 }), 'package.crc-mismatch'],
    [
      'another name in the local header',
      () => withChange('service/echo', { local: { name: 'service/evil' } }),
      'package.header-mismatch',
    ],
    [
      'another CRC in the local header',
      () => withChange('service/echo', { local: { crc: 1 } }),
      'package.header-mismatch',
    ],
    [
      'another size in the local header',
      () => withChange('service/echo', { local: { size: 1 } }),
      'package.header-mismatch',
    ],
    [
      'other flags in the local header',
      () => withChange('service/echo', { local: { flags: 0 } }),
      'package.header-mismatch',
    ],
    [
      'a second name in an extra field',
      () => withChange('service/echo', { centralExtra: extraField(0x7075, Buffer.alloc(9)) }),
      'package.header-mismatch',
    ],
    ['zip64 in the directory', () => withChange('service/echo', { centralExtra: zip64 }), 'package.zip64'],
    ['zip64 in the local header', () => withChange('service/echo', { localExtra: zip64 }), 'package.zip64'],
    [
      'a zip64 size without its field',
      () => withChange('service/echo', { size: 0xffffffff, deflate: true }),
      'package.bomb',
    ],
    ['a zip64 locator', () => craftZip(goodEntries(files), { after: locator() }), 'package.zip64'],
    ['a zip64 count', () => craftZip(goodEntries(files), { count: 0xffff }), 'package.zip64'],
    [
      'two entries on one local header',
      () => withExtra(extra('service/twin', { offset: 0, ghost: true })),
      'package.overlap',
    ],
    [
      'a local header inside data',
      () => withExtra(extra('service/twin', { offset: 40, ghost: true })),
      'package.overlap',
    ],
    [
      'hidden bytes between entries',
      () => withChange('service/echo', { before: text('hidden') }),
      'package.malformed',
    ],
    [
      'hidden bytes before the directory',
      () => craftZip(goodEntries(files), { before: text('hidden') }),
      'package.malformed',
    ],
    ['a comment', () => craftZip(goodEntries(files), { comment: text('hello') }), 'package.malformed'],
    [
      'bytes behind the end',
      () => Buffer.concat([craftZip(goodEntries(files)), text('x')]),
      'package.malformed',
    ],
    [
      'a wrong directory offset',
      () => craftZip(goodEntries(files), { directoryOffset: 3 }),
      'package.malformed',
    ],
    ['too few entries counted', () => craftZip(goodEntries(files), { count: 2 }), 'package.malformed'],
    ['too many entries counted', () => craftZip(goodEntries(files), { count: 9 }), 'package.malformed'],
    ['no ZIP at all', () => text('hello, I am a text file of some length, no more'), 'package.malformed'],
    ['nothing', () => new Uint8Array(), 'package.malformed'],
    ['a half package', () => craftZip(goodEntries(files)).subarray(0, 400), 'package.malformed'],
    [
      'broken deflate data',
      () => withChange('service/echo', { deflate: true, stored: text('!!!!!') }),
      'package.malformed',
    ],
    ['two sizes of a stored entry', () => withChange('service/echo', { size: 3 }), 'package.size-mismatch'],
    [
      'more data than the entry says',
      () => withChange('service/echo', { deflate: true, size: 3 }),
      'package.size-mismatch',
    ],
  ])('%s is refused', async (_what, make, code) => {
    expect(await codeOf(make())).toBe(code);
  });

  function locator(): Uint8Array {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt32LE(0x07064b50, 0);
    return bytes;
  }
});

describe('bombs', () => {
  it('a ratio above 100 is refused before inflating', async () => {
    const bomb = { ...files, 'assets/zeros': new Uint8Array(5_000_000) };
    const entries = goodEntries(bomb).map((e) => ({ ...e, deflate: e.name === 'assets/zeros' }));
    expect(await codeOf(craftZip(entries))).toBe('package.bomb');
  });

  it('a deflate stream that is longer than declared is stopped', async () => {
    const honest = { ...files, 'assets/data': text('0123456789') };
    const { deflateRawSync } = await import('node:zlib');
    const entries = goodEntries(honest).map((e) =>
      e.name === 'assets/data'
        ? { ...e, deflate: true, stored: deflateRawSync(new Uint8Array(10_000_000)) }
        : e,
    );
    expect(await codeOf(craftZip(entries))).toBe('package.bomb');
  });

  it('a deflate stream that is shorter than declared is refused', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const entries = goodEntries(files).map((e) =>
      e.name === 'assets/note.txt' ? { ...e, deflate: true, stored: deflateRawSync(text('a')) } : e,
    );
    expect(await codeOf(craftZip(entries))).toBe('package.size-mismatch');
  });

  it('more than 50 MB packed are refused', async () => {
    expect(await codeOf(new Uint8Array(50 * 1024 * 1024 + 1))).toBe('package.too-large');
  });

  it('more than 200 MB unpacked are refused by the directory alone', async () => {
    const part = new Uint8Array(3_000_000);
    const packed = new Uint8Array(2_000_000);
    const many = Array.from({ length: 3 }, (_, i) =>
      extra(`assets/z${i}`, { content: part, deflate: true, stored: packed, size: 80_000_000 }),
    );
    expect(await codeOf(withExtra(...many))).toBe('package.too-large');
  });

  it('more than 10,000 entries are refused', async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => extra(`assets/f${i}`));
    expect(await codeOf(withExtra(...many))).toBe('package.too-large');
  });
});

describe('files, manifest and signature', () => {
  const signed = (manifest: object) => craftZip(goodEntries(files, { manifest }));

  it('a missing file', async () => {
    const entries = goodEntries(files).filter((e) => e.name !== 'assets/note.txt');
    expect(await codeOf(craftZip(entries))).toBe('package.missing-file');
  });

  it.each(['manifest.json', 'META/signature.json'])('no %s', async (name) => {
    const entries = goodEntries(files).filter((e) => e.name !== name);
    expect(await codeOf(craftZip(entries))).toBe('package.missing-file');
  });

  it('another content of the same size', async () => {
    expect(await codeOf(withChange('service/echo', { content: text('#!PROGRAM') }))).toBe(
      'package.hash-mismatch',
    );
  });

  it('another size', async () => {
    expect(await codeOf(withChange('service/echo', { content: text('longer content') }))).toBe(
      'package.size-mismatch',
    );
  });

  it('a manifest that is not canonical', async () => {
    const pretty = text(JSON.stringify(testManifest(files), null, 2));
    const entries = goodEntries(files, { payload: pretty }).map((e) =>
      e.name === 'manifest.json' ? { ...e, content: pretty } : e,
    );
    expect(await codeOf(craftZip(entries))).toBe('package.not-canonical');
  });

  it('a manifest with a key twice', async () => {
    const [, manifest] = goodEntries(files);
    const twice = Buffer.from(manifest?.content ?? [])
      .toString()
      .replace('"version":', '"version":"0.0.1","version":');
    expect(await codeOf(withChange('manifest.json', { content: text(twice) }))).toBe('package.not-canonical');
  });

  it('a signature over another manifest', async () => {
    const other = text('{}');
    expect(await codeOf(craftZip(goodEntries(files, { payload: other })))).toBe('package.payload-mismatch');
  });

  it("a stranger's signature under the author's name", async () => {
    expect(await codeOf(craftZip(goodEntries(files, { signer: testSigner(8) })))).toBe('package.signature');
  });

  it('a flipped bit in the signature', async () => {
    const [signature] = goodEntries(files);
    const envelope = JSON.parse(Buffer.from(signature?.content ?? []).toString());
    const sig = Buffer.from(envelope.signatures[0].sig, 'base64');
    sig[3] = (sig[3] ?? 0) ^ 1;
    envelope.signatures[0].sig = sig.toString('base64');
    const { canonicalBytes } = await import('./canonical-json.ts');
    const bytes = craftZip(goodEntries(files, { signature: canonicalBytes(envelope) }));
    expect(await codeOf(bytes)).toBe('package.signature');
  });

  it.each<[string, object]>([
    ['an unknown version of the manifest', { manifestVersion: '2.0' }],
    ['an unknown field', { surprise: true }],
    ['an entry point that is not there', { entryPoint: 'service/other' }],
    ['no inputs list', { inputs: undefined }],
    ['31 seconds', { executionTimeoutSeconds: 31 }],
    ['an author with a wrong checksum', { author: `${'a'.repeat(56)}.onion` }],
    ['a version with build metadata', { version: '1.0.0+x' }],
    [
      'two inputs of one name',
      {
        inputs: ['a', 'A'].map((name) => ({
          name,
          schema: {},
          mediaType: 'text/plain',
          required: true,
          maxBytes: 1,
        })),
      },
    ],
  ])('%s', async (_what, change) => {
    expect(await codeOf(signed(testManifest(files, change)))).toBe('package.manifest-invalid');
  });

  it('a hostile schema', async () => {
    const inputs = [
      {
        name: 'a',
        schema: { $ref: 'http://evil.example/' },
        mediaType: 'application/json',
        required: true,
        maxBytes: 1,
      },
    ];
    expect(await codeOf(signed(testManifest(files, { inputs })))).toBe('package.schema-hostile');
  });
});
