import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cameraPictures } from './camera-pictures.ts';
import { encodePng } from './encode-png.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya-camera-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a PNG has its size and its pixels, row by row', () => {
  const png = encodePng(2, 2, (x, y) => [x, y, 9]);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2, 2]);
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect([...rows]).toEqual([0, 0, 0, 9, 1, 0, 9, 0, 0, 1, 9, 1, 1, 9]);
});

test('a missing folder gets test pictures, with previews', async () => {
  const folder = path.join(dir, 'camera');
  const pictures = await cameraPictures(folder);
  expect(pictures.map(({ name }) => name)).toEqual(['colour-bars.png', 'landscape.png', 'portrait-grid.png']);
  for (const { preview } of pictures) expect(preview).toMatch(/^data:image\/png;base64,iVBOR/);
  expect(await readdir(dir)).toEqual(['camera']);
});

test("a person's own pictures are taken instead, and nothing else of the folder", async () => {
  await writeFile(path.join(dir, 'me.JPG'), Buffer.from([0xff, 0xd8]));
  await writeFile(path.join(dir, 'notes.txt'), 'no picture');
  expect(await cameraPictures(dir)).toEqual([
    { file: path.join(dir, 'me.JPG'), name: 'me.JPG', bytes: 2, preview: 'data:image/jpeg;base64,/9g=' },
  ]);
});
