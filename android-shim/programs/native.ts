// Real jobs in C, C++ and Rust (native/), static, with Debian's libraries, and what each must answer, computed here by
// other means.

import { execFile } from 'node:child_process';
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AbhayaError } from '#base';
import { projectRoot } from '../../device-agent/sandbox/sandbox-tester.ts';
import { numbers, type Program } from './program.ts';

const run = promisify(execFile);
const sources = join(import.meta.dirname, 'native');
type Tool = 'staticCc' | 'staticCxx' | 'rustc' | 'cc';

/** A compiler that set-up has found for tests. */
async function tool(name: Tool): Promise<string> {
  const cache = process.env.ABHAYA_CACHE ?? join(projectRoot, '.cache');
  for (const file of ['test-tools.json', 'tools.json']) {
    const text = await readFile(join(cache, 'tools', file), 'utf8').catch(() => '{}');
    const found = (JSON.parse(text) as { tools?: Partial<Record<Tool, string>> }).tools?.[name];
    if (found) return found;
  }
  throw new AbhayaError('host.setup', `${name} is not set up: npm test does that`);
}

async function compile(build: string, source: string, libraries: readonly string[]): Promise<string> {
  const from = join(sources, source);
  const out = join(build, basename(source).replaceAll('.', '-'));
  if (source.endsWith('.rs')) {
    // The target is named, so that only the program is static and not what the compiler itself loads.
    const target = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
    const flags = ['-O', '--edition=2021', '--target', target, '-C', 'target-feature=+crt-static'];
    const panics = ['-C', 'panic=abort', '-C', 'relocation-model=static'];
    await run(await tool('rustc'), [
      ...flags,
      ...panics,
      '-C',
      `linker=${await tool('cc')}`,
      '-o',
      out,
      from,
    ]);
    return out;
  }
  const cxx = source.endsWith('.cc');
  const flags = cxx ? ['-std=c++17'] : ['-std=c11', '-D_GNU_SOURCE'];
  const links = ['-Wl,-z,noexecstack', ...libraries.map((name) => `-l${name}`)];
  await run(await tool(cxx ? 'staticCxx' : 'staticCc'), [
    ...['-O2', '-Wall', '-static', ...flags, '-o', out, from, ...links],
  ]);
  return out;
}

const languages: Readonly<Record<string, string>> = { c: 'c', cc: 'c++', rs: 'rust' };
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

function program(
  source: string,
  input: string | Uint8Array,
  expected: string | Uint8Array,
  libraries: readonly string[] = [],
): Program {
  const [name = '', suffix = ''] = source.split('.');
  const language = languages[suffix] ?? '';
  return {
    name: `${language}-${name}`,
    runtime: 'native',
    language,
    file: (build) => compile(build, source, libraries),
    input: typeof input === 'string' ? utf8(input) : input,
    expected: typeof expected === 'string' ? utf8(expected) : expected,
  };
}

const vocabulary = 'pear apple quince fig plum cherry grape melon date lime kiwi mango'.split(' ');
const words = (count: number): string[] => numbers(count, 12).map((i) => vocabulary[i] ?? '');
const lines = (values: readonly unknown[]): string => `${values.join('\n')}\n`;

export function nativePrograms(): Program[] {
  const text = utf8(words(60_000).join(' '));
  return [
    program('inflate.c', gzipSync(text), text, ['z']),
    deflate(text),
    program('zstd.c', text, text, ['zstd']),
    program('xz.c', text, text, ['lzma']),
    program('bzip2.c', text, text, ['bz2']),
    seal(),
    shrink(),
    solve(),
    wordCounts(),
    json(),
    hosts(),
    sums(),
    letters(),
    program('sha256.rs', text, lines([createHash('sha256').update(text).digest('hex')])),
  ];
}

/** How zlib packs is its own affair, and Node's is another one: what counts is that it is small, and can be unpacked. */
function deflate(text: Uint8Array): Program {
  const row = program('deflate.c', text, text, ['z']);
  return { ...row, read: (output) => (output.length < text.length / 3 ? gunzipSync(output) : output) };
}

function seal(): Program {
  const key = createHash('sha256').update('key').digest();
  const nonce = Buffer.from(numbers(12, 256, 3));
  const text = Buffer.from(numbers(100_000, 256, 5));
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  const mac = createHmac('sha512', key).update(text).digest();
  const input = Buffer.concat([key, nonce, text]);
  return program('seal.c', input, Buffer.concat([cipher.getAuthTag(), sealed, mac]), ['mbedcrypto']);
}

function shrink(): Program {
  const [width, height] = [1024, 768];
  const points = numbers(width * height, 256, 7);
  const at = (x: number, y: number): number => points[y * width + x] ?? 0;
  const small = Buffer.alloc((width / 2) * (height / 2));
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2)
      small[(y / 2) * (width / 2) + x / 2] =
        (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) >> 2;
  const head = (w: number, h: number) => utf8(`P5 ${w} ${h} 255\n`);
  const input = Buffer.concat([head(width, height), Buffer.from(points)]);
  return program('shrink.c', input, Buffer.concat([head(width / 2, height / 2), small]));
}

/** Equations whose solution is known: 1, 2, 3, … */
function solve(): Program {
  const n = 100;
  const rows = Array.from({ length: n }, (_, r) => {
    const row = numbers(n, 19, r + 1).map((value, c) => value - 9 + (c === r ? 200 : 0));
    return [...row, row.reduce((sum, value, c) => sum + value * (c + 1), 0)].join(' ');
  });
  const answers = Array.from({ length: n }, (_, i) => `${i + 1}.000`);
  return program('solve.c', lines([n, ...rows]), lines(answers), ['m']);
}

function counted<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function wordCounts(): Program {
  const all = words(50_000);
  const sorted = [...counted(all)].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return program('words.cc', all.join('\n'), lines(sorted.map(([word, n]) => `${n} ${word}`)));
}

function json(): Program {
  const documents = numbers(2000, 1000, 11).map((n) => ({
    ...{ z: [n, true, null, -1.5], name: `n "${n}"`, a: { inner: [{}, []], b: n % 7 } },
  }));
  const sorted = documents.map(({ z, name, a }) => ({ a: { b: a.b, inner: a.inner }, name, z }));
  const input = [...documents.map((it) => JSON.stringify(it, null, 1).replaceAll('\n', ' ')), '{"open": ['];
  return program(
    'json.cc',
    lines(input),
    lines([...sorted.map((it) => JSON.stringify(it)), 'no JSON: nothing at 10']),
  );
}

function hosts(): Program {
  const found = words(3000).map((word) => `${word}.example.org`);
  const input = found.map((host, i) => `from user.${i}@${host} to <other@second.test>, not @this`);
  const all = [...counted([...found, ...found.map(() => 'second.test')])].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return program('regex.cc', lines(input), lines(all.map(([host, n]) => `${host} ${n}`)));
}

function sums(): Program {
  const known = [
    ['1 + 2 * 3', '7.00'],
    ['(1 + 2) * -3', '-9.00'],
    ['2 / 8', '0.25'],
    ['1 / 0', 'division by zero'],
    ['(1', 'a bracket is missing'],
    ['1 2', '12.00'],
    ['1)', 'more than a sum'],
  ] as const;
  const many = numbers(5000, 100, 13)
    .map((below) => below + 1)
    .map((n) => [`${n} * (${n} - 1) / 2`, ((n * (n - 1)) / 2).toFixed(2)]);
  const all = [...known, ...many];
  return program('calc.rs', lines(all.map(([sum]) => sum)), lines(all.map(([, answer]) => answer)));
}

function letters(): Program {
  const all = [...words(20_000), 'Überfluß', 'ἀρχή'];
  const signs = [...counted([...all.join('').toLowerCase()])].sort(([a], [b]) => (a < b ? -1 : 1));
  const lengths = [...counted(all.map((word) => [...word].length))].sort(([a], [b]) => a - b);
  const expected = [
    ...signs.map(([sign, n]) => `${sign} ${n}`),
    ...lengths.map(([length, n]) => `${length} letters: ${n}`),
  ];
  return program('count.rs', all.join('\n'), lines(expected));
}
