// Real jobs for Node.js (nodejs/), as one would write them for a terminal, and what each must answer, computed here by
// other means. Those that use a library of npm are bundled with it.

import { createDecipheriv, createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { PNG } from 'pngjs';
import { numbers, type Program } from './program.ts';

const lines = (values: readonly unknown[]): string => `${values.join('\n')}\n`;
const utf8 = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);

const program = (
  file: string,
  input: string | Uint8Array,
  expected: string | Uint8Array,
  more: Partial<Program> = {},
): Program => ({
  name: `node-${file.slice(0, file.lastIndexOf('.'))}`,
  runtime: 'nodejs',
  language: file.endsWith('.ts') ? 'typescript' : 'javascript',
  file: async () => join(import.meta.dirname, 'nodejs', file),
  input: utf8(input),
  expected: utf8(expected),
  ...more,
});

/** With the libraries that it uses, as a script or as a module. */
const bundled = (file: string, format: 'cjs' | 'esm'): Partial<Program> => ({
  async file(folder) {
    const outfile = join(folder, `${file}.${format === 'cjs' ? 'cjs' : 'mjs'}`);
    await bundle({
      ...{ entryPoints: [join(import.meta.dirname, 'nodejs', file)], outfile, bundle: true, format },
      ...{ platform: 'node', target: 'node22', logLevel: 'silent' },
    });
    return outfile;
  },
});

export const nodejsPrograms = (): Program[] => [
  orders(),
  digests(),
  gzip(),
  log(),
  seal(),
  primes(),
  grey(),
  settings(),
  versions(),
  words(),
];

function orders(): Program {
  const cities = ['Pune', 'Ulm', 'Lima', 'Oslo', 'Accra'];
  const random = numbers(8_000, 1_000);
  const all = Array.from({ length: 4_000 }, (_, at) => ({
    city: cities[at % 5],
    items: [
      { price: random[at] ?? 0, count: 1 + (at % 3) },
      { price: random[at + 4_000] ?? 0, count: 1 },
    ],
  }));
  const sums = cities.map((city, place) => {
    const own = all.filter((_, at) => at % 5 === place);
    const total = own.flatMap(({ items }) => items).reduce((sum, { price, count }) => sum + price * count, 0);
    return { city, orders: own.length, total };
  });
  return program('orders.js', JSON.stringify(all), JSON.stringify(sums.sort((a, b) => b.total - a.total)));
}

function digests(): Program {
  const data = Buffer.from(numbers(700_000, 256));
  return program(
    'digests.mjs',
    data,
    lines([
      ...['md5', 'sha1', 'sha256', 'sha512'].map((name) => createHash(name).update(data).digest('hex')),
      createHmac('sha256', 'key').update(data).digest('base64'),
      pbkdf2Sync(data.subarray(0, 16), 'salt', 1_000, 32, 'sha256').toString('hex'),
    ]),
  );
}

function gzip(): Program {
  const data = Buffer.from(numbers(2_000_000, 20));
  return program('gzip.js', data, data, { read: gunzipSync });
}

function log(): Program {
  const sizes = numbers(20_000, 5_000);
  const all = sizes.map((size, at) => {
    const path = `/page/${at % 37}`;
    return `10.0.0.${at % 250} - - [24/Nov/2026] "GET ${path} HTTP/1.1" ${at % 11 === 0 ? 404 : 200} ${size}`;
  });
  const rows = Array.from({ length: 37 }, (_, page) => {
    const own = sizes.filter((_size, at) => at % 37 === page && at % 11 !== 0);
    return { path: `/page/${page}`, hits: own.length, sum: own.reduce((sum, size) => sum + size, 0) };
  }).sort((a, b) => b.hits - a.hits || (a.path < b.path ? -1 : 1));
  return program('log.mjs', lines(all), lines(rows.map(({ path, hits, sum }) => `${path} ${hits} ${sum}`)));
}

function seal(): Program {
  const data = Buffer.from(numbers(300_000, 256, 5));
  const read = (sealed: Buffer) => {
    const [salt, nonce, tag] = [sealed.subarray(0, 16), sealed.subarray(16, 28), sealed.subarray(28, 44)];
    const opened = createDecipheriv('aes-256-gcm', scryptSync('password', salt, 32, { N: 1024 }), nonce);
    opened.setAuthTag(tag);
    return Buffer.concat([opened.update(sealed.subarray(44)), opened.final()]);
  };
  return program('seal.js', data, data, { read });
}

const primes = (): Program => program('primes.js', '300000\n', '25997\n');

function grey(): Program {
  const [width, height] = [160, 120];
  const colours = numbers(width * height * 3, 256, 9);
  const picture = new PNG({ width, height });
  const expected = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red = 0, green = 0, blue = 0] = colours.slice(pixel * 3, pixel * 3 + 3);
    picture.data.set([red, green, blue, 255], pixel * 4);
    expected.fill(Math.round(0.3 * red + 0.6 * green + 0.1 * blue), pixel * 4, pixel * 4 + 3);
  }
  const read = (png: Buffer) => PNG.sync.read(png).data;
  return program('grey.js', PNG.sync.write(picture), expected, { read, ...bundled('grey.js', 'cjs') });
}

function settings(): Program {
  const all = [
    { name: 'web', ports: [8080, 443, 80] },
    { name: 'Not a name', ports: [] },
    { name: 'mail', ports: [25, 70_000] },
    { ports: [1] },
  ];
  return program(
    'settings.ts',
    lines(all.map((one) => JSON.stringify(one))),
    lines(['web: 443 80 8080', '/name pattern', '/ports/1 maximum', ' required']),
    bundled('settings.ts', 'cjs'),
  );
}

function versions(): Program {
  const known = numbers(500, 40, 3).map((major, at) => [major, at % 7, at] as const);
  const sorted = [...known].sort((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2]);
  const text = (all: typeof known) => lines(all.map((parts) => parts.join('.')));
  return program('versions.ts', `one.two\n${text(known)}`, text(sorted), bundled('versions.ts', 'esm'));
}

function words(): Program {
  const counts = ['straße', 'Äpfel', 'und', 'wörter', 'zählen', 'मेघ'].map((word, at) => ({
    word,
    count: 900 - at * 50,
  }));
  const text = counts.flatMap(({ word, count }) => Array<string>(count).fill(word)).join(', ');
  return program(
    'words.js',
    `${text}.`,
    lines(counts.map(({ word, count }) => `${word.toLowerCase()} ${count}`)),
  );
}
