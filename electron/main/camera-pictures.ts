// A folder of pictures that stands in for the camera of virtual phones. Whoever wants other pictures puts them there.

import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodePng, type Pixel } from './encode-png.ts';

export interface PictureFile {
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
  /** A data URL; absent for files above MAX_PREVIEW_BYTES. */
  readonly preview?: string;
}

const MAX_PICTURES = 24;
const MAX_PREVIEW_BYTES = 1_500_000;
const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** The pictures of the folder in the order of their names; a folder that isn't there is made, with test pictures. */
export async function cameraPictures(folder: string): Promise<PictureFile[]> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) await makePictures(folder);
  const pictures: PictureFile[] = [];
  for (const name of (names ?? (await readdir(folder))).sort()) {
    const type = types[path.extname(name).toLowerCase()];
    const file = path.join(folder, name);
    const about = type === undefined ? undefined : await stat(file).catch(() => undefined);
    if (!about?.isFile()) continue;
    const preview =
      about.size <= MAX_PREVIEW_BYTES
        ? { preview: `data:${type};base64,${(await readFile(file)).toString('base64')}` }
        : {};
    pictures.push({ file, name, bytes: about.size, ...preview });
    if (pictures.length === MAX_PICTURES) break;
  }
  return pictures;
}

/** Made aside and renamed: the folder is there with all of them or not at all. */
async function makePictures(folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}.part`;
  await mkdir(aside, { recursive: true });
  for (const { name, width, height, pixel } of testPictures)
    await writeFile(path.join(aside, `${name}.png`), encodePng(width, height, pixel));
  await rename(aside, folder);
}

const bars: readonly Pixel[] = [
  [235, 235, 235],
  [235, 235, 16],
  [16, 235, 235],
  [16, 235, 16],
  [235, 16, 235],
  [235, 16, 16],
  [16, 16, 235],
];

const testPictures: readonly {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly pixel: (x: number, y: number) => Pixel;
}[] = [
  {
    name: 'colour-bars',
    width: 1280,
    height: 720,
    pixel: (x) => bars[Math.floor((x * bars.length) / 1280)] ?? [0, 0, 0],
  },
  {
    name: 'landscape',
    width: 1600,
    height: 1200,
    pixel(x, y) {
      const ridge = 760 - 160 * Math.sin(x / 210) - 70 * Math.sin(x / 67);
      const sun = (x - 1180) ** 2 + (y - 280) ** 2 < 120 ** 2;
      if (y > ridge) return [30, Math.max(40, 150 - Math.floor((y - ridge) / 5)), 70];
      return sun ? [255, 224, 130] : [90 + Math.floor(y / 9), 150 + Math.floor(y / 12), 230];
    },
  },
  {
    name: 'portrait-grid',
    width: 900,
    height: 1200,
    pixel(x, y) {
      const ring = Math.abs(Math.hypot(x - 450, y - 600) - 320) < 8;
      if (ring) return [200, 30, 60];
      return (Math.floor(x / 75) + Math.floor(y / 75)) % 2 === 0 ? [245, 245, 245] : [60, 66, 82];
    },
  },
];
