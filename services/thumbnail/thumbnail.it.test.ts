// org.abhaya.thumbnail in the sandbox, with the memory that its manifest declares; results are read by another decoder.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import encodeProgressive, { init } from '@jsquash/jpeg/encode.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPackage } from '#agent/services';
import { buildC, nodejsFolder, projectRoot, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { corners, jpegOf, look, nameOf, type PngKind, pngOf, withOrientation } from './pictures.tester.ts';

const MIB = 1024 * 1024;
let folder = '';
let script = '';
let memoryBytes = 0;
let workspace: Workspace;
let launcher: LauncherTester;

async function run(image: Uint8Array) {
  const job = await workspace.job(script, image, { runtime: 'nodejs', memoryBytes });
  const report = await launcher.run(job);
  return { report, output: () => workspace.output(job) };
}

/** The thumbnail of an image that must have one. */
async function thumbnail(image: Uint8Array) {
  const { report, output } = await run(image);
  expect(report).toMatchObject({ reason: 'completed', bytesIn: image.length });
  const { width, height, quarters } = look(await output());
  return { width, height, quarters: quarters.map(nameOf).join(' '), colours: quarters, report };
}

async function build(out: string): Promise<Buffer> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    'services/build.ts',
    '--only',
    'thumbnail',
    '--out',
    out,
  ];
  await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
  return readFile(join(out, 'org.abhaya.thumbnail-1.0.0.meshsvc'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-thumbnail-'));
  const packed = await build(join(folder, 'first'));
  // The same sources make the same bytes, wherever and whenever.
  expect((await build(join(folder, 'second'))).equals(packed)).toBe(true);
  await mkdir(join(folder, 'unpacked'));
  const file = join(folder, 'first', 'org.abhaya.thumbnail-1.0.0.meshsvc');
  const { manifest } = await readPackage(file, { stagingDir: join(folder, 'unpacked') });
  script = join(folder, 'unpacked', manifest.entryPoint);
  memoryBytes = (manifest.resourceRequirements.maxMemoryMB ?? 64) * MIB;
  const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(path, ['--runtime', `nodejs=${nodejsFolder()}`]);
  workspace = await Workspace.open();
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'nodejs'] });
});
afterAll(async () => {
  await launcher?.close();
  await workspace?.close();
  await rm(folder, { recursive: true, force: true });
});

const UPRIGHT = 'red green blue white';

describe('a JPEG', () => {
  test('becomes a PNG of 256 pixels at its longest side', async () => {
    const seen = await thumbnail(jpegOf(800, 600, corners(800, 600)));
    expect(seen).toMatchObject({ width: 256, height: 192, quarters: UPRIGHT });
  });

  test('that is small is not made larger', async () => {
    const seen = await thumbnail(jpegOf(40, 24, corners(40, 24)));
    expect(seen).toMatchObject({ width: 40, height: 24, quarters: UPRIGHT });
  });

  // What is seen of a picture stored as red green / blue white (JEITA CP-3451, Orientation).
  test.each([
    [1, 256, 128, 'red green blue white'],
    [2, 256, 128, 'green red white blue'],
    [3, 256, 128, 'white blue green red'],
    [4, 256, 128, 'blue white red green'],
    [5, 128, 256, 'red blue green white'],
    [6, 128, 256, 'blue red white green'],
    [7, 128, 256, 'white green blue red'],
    [8, 128, 256, 'green white red blue'],
    [9, 256, 128, 'red green blue white'],
  ])('of EXIF orientation %i', async (orientation, width, height, quarters) => {
    const stored = jpegOf(640, 320, corners(640, 320));
    for (const byteOrder of ['II', 'MM'] as const)
      expect(await thumbnail(withOrientation(stored, orientation, byteOrder))).toMatchObject({
        width,
        height,
        quarters,
      });
  });
});

const kinds: PngKind[] = [
  { type: 2, depth: 8 },
  { type: 2, depth: 16 },
  { type: 6, depth: 8 },
  { type: 6, depth: 16, interlaced: true },
  { type: 2, depth: 8, interlaced: true },
  { type: 3, depth: 2 },
  { type: 3, depth: 4, interlaced: true },
  { type: 3, depth: 8 },
];

describe('a PNG', () => {
  test.each(kinds)('of %j', async (kind) => {
    const seen = await thumbnail(pngOf(333, 517, corners(333, 517), kind));
    expect(seen).toMatchObject({ width: 165, height: 256, quarters: UPRIGHT });
  });

  test.each([1, 2, 4, 8, 16] as const)('of grey in %i bits', async (depth) => {
    const paint = (x: number) => (x < 50 ? ([0, 0, 0] as const) : ([255, 255, 255] as const));
    const { colours } = await thumbnail(pngOf(100, 20, paint, { type: 0, depth }));
    expect(colours.map(([r]) => r)).toEqual([0, 255, 0, 255]);
  });

  test('keeps what can be seen through', async () => {
    const paint = (x: number) => (x < 300 ? ([220, 30, 30, 0] as const) : ([220, 30, 30, 255] as const));
    const { colours } = await thumbnail(pngOf(600, 600, paint, { type: 6, depth: 8 }));
    expect(colours).toEqual([
      [0, 0, 0, 0],
      [220, 30, 30, 255],
      [0, 0, 0, 0],
      [220, 30, 30, 255],
    ]);
  });
});

describe('twelve megapixels, as cameras make them', () => {
  const [width, height] = [4096, 3072];
  const grain = (x: number, y: number) => ((x * 7919) ^ (y * 104_729)) & 15;
  const base = corners(width, height);
  const photograph = (x: number, y: number) => {
    const [r, g, b] = base(x, y);
    return [r + grain(x, y), g + grain(y, x), b + grain(x + 1, y)] as const;
  };

  test('a JPEG', async () => {
    const seen = await thumbnail(jpegOf(width, height, photograph));
    expect(seen).toMatchObject({ width: 256, height: 192, quarters: UPRIGHT });
  });

  test('a progressive JPEG without subsampling, the one that needs most', async () => {
    const codec = join(projectRoot, 'node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
    await init(await Reflect.get(globalThis, 'WebAssembly').compile(await readFile(codec)));
    const data = new Uint8ClampedArray(width * height * 4);
    for (let at = 0; at < width * height; at++)
      data.set([...photograph(at % width, Math.floor(at / width)), 255], at * 4);
    const options = { quality: 85, progressive: true, auto_subsample: false, chroma_subsample: 1 };
    const image = await encodeProgressive({ data, width, height } as never, options);
    const seen = await thumbnail(new Uint8Array(image));
    expect(seen).toMatchObject({ width: 256, height: 192, quarters: UPRIGHT });
  });

  test('a PNG', async () => {
    const seen = await thumbnail(pngOf(width, height, photograph, { type: 2, depth: 8 }));
    expect(seen).toMatchObject({ width: 256, height: 192, quarters: UPRIGHT });
  });
});

describe('what is no image that it takes ends with a reason', () => {
  const jpeg = jpegOf(400, 300, corners(400, 300));
  const png = pngOf(400, 300, corners(400, 300), { type: 2, depth: 8 });
  const patched = (image: Buffer, at: number, ...bytes: number[]) => {
    const copy = Buffer.from(image);
    copy.set(bytes, at);
    return copy;
  };
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /neither a JPEG nor a PNG/],
    ['text', Buffer.from('GIF89a'), /neither a JPEG nor a PNG/],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), /JPEG is damaged/],
    ['the head of a JPEG', jpeg.subarray(0, 100), /JPEG is damaged/],
    ['three bytes of a JPEG', jpeg.subarray(0, 3), /JPEG is damaged/],
    ['half a PNG', png.subarray(0, png.length / 2), /PNG is damaged/],
    ['the signature of a PNG', png.subarray(0, 8), /PNG is damaged/],
    ['a PNG of nothing', patched(png, 16, 0, 0, 0, 0), /is empty/],
    ['a PNG as wide as can be said', patched(png, 16, 255, 255, 255, 255), /pixels; at most/],
    ['a PNG of an unknown colour type', patched(png, 25, 5), /its header/],
    ['a PNG with broken data', patched(png, 50, 1, 2, 3, 4, 5, 6, 7, 8), /PNG is damaged/],
    [
      'noise behind a JPEG start',
      Buffer.concat([jpeg.subarray(0, 20), randomBytes(5000)]),
      /JPEG is damaged/,
    ],
  ])('%s', async (_what, image, sentence) => {
    const { report } = await run(image);
    expect(report).toMatchObject({ reason: 'failed', message: expect.stringMatching(sentence) });
  });

  test('a JPEG that says that it is huge', async () => {
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const { report } = await run(patched(jpeg, frame + 5, 0x20, 0, 0x20, 0));
    expect(report).toMatchObject({ reason: 'failed', message: expect.stringMatching(/pixels; at most/) });
  });
});
