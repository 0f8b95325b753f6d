// Real jobs in C and Rust (wasm/, native/), Go (go/) and AssemblyScript (services/csvjson), compiled to WASI, and what each
// must answer, computed here by other means.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { AbhayaError } from '#base';
import { projectRoot } from '../../device-agent/sandbox/sandbox-tester.ts';
import { goPrograms } from './go.ts';
import { nativePrograms } from './native.ts';
import { numbers, type Program } from './program.ts';

const run = promisify(execFile);

/** A compiler that set-up has found for tests. */
async function tool(name: 'wasmClang' | 'wasmRustc'): Promise<string> {
  const cache = process.env.ABHAYA_CACHE ?? join(projectRoot, '.cache');
  const text = await readFile(join(cache, 'tools/test-tools.json'), 'utf8').catch(() => '{}');
  const found = (JSON.parse(text) as { tools?: Record<string, string> }).tools?.[name];
  if (!found) throw new AbhayaError('host.setup', `${name} is not set up: npm test does that`);
  return found;
}

/** `source` is relative to this folder. */
async function compile(build: string, source: string): Promise<string> {
  const out = join(build, `${basename(source)}.wasm`);
  const from = join(import.meta.dirname, source);
  if (source.endsWith('.rs'))
    await run(await tool('wasmRustc'), ['-O', '--edition=2021', '-C', 'strip=symbols', '-o', out, from]);
  else await run(await tool('wasmClang'), ['-O2', '-Wall', '-o', out, from, '-lm']);
  return out;
}

/** The module of the sample service, as it is packed. */
async function assemblyScript(build: string, service: string): Promise<string> {
  const out = join(build, `${service}.wasm`);
  const asc = join(projectRoot, 'node_modules/assemblyscript/bin/asc.js');
  const wasi = ['--exportStart', '_start', '--use', 'abort=assembly/wasi/wasiAbort'];
  const folder = join(projectRoot, 'services', service);
  await run(process.execPath, [asc, 'assembly/main.ts', '--baseDir', folder, '-O2', ...wasi, '-o', out], {
    cwd: folder,
  });
  return out;
}

const languages: Readonly<Record<string, string>> = { c: 'c', rs: 'rust' };
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const lines = (values: readonly unknown[]): string => `${values.join('\n')}\n`;

function program(source: string, input: string | Uint8Array, expected: string): Program {
  const [name = '', suffix = ''] = source.split('.');
  const language = languages[suffix] ?? '';
  return {
    name: `${language}-${name}`,
    runtime: 'wasm',
    language,
    file: (build) => compile(build, `wasm/${source}`),
    input: typeof input === 'string' ? utf8(input) : input,
    expected: utf8(expected),
  };
}

// Programs of a megabyte and more, each compiled twenty times by V8: some of each kind are enough.
const goByWasi = ['go-logfilter', 'go-repack', 'go-orders', 'go-pool', 'go-recover'];

export function wasmPrograms(): Program[] {
  const bytes = Buffer.from(numbers(100_000, 256, 3));
  return [
    // The same sources as the native ones, the same answers.
    ...nativePrograms()
      .filter(({ name }) => ['c-shrink', 'c-solve'].includes(name))
      .map((row): Program => {
        const source = `native/${row.name.slice(2)}.c`;
        return { ...row, runtime: 'wasm', file: (build) => compile(build, source) };
      }),
    program('base64.c', bytes, `${bytes.toString('base64')}\n`),
    sorted(),
    wordCounts(),
    life(),
    primes(),
    csvToJson(),
    ...goPrograms('wasm').filter(({ name }) => goByWasi.includes(name)),
  ];
}

function sorted(): Program {
  const all = numbers(60_000, 1 << 30, 5).map((n) => n - (1 << 29));
  return program('sort.c', lines(all), lines([...all].sort((a, b) => a - b)));
}

function wordCounts(): Program {
  const all = numbers(60_000, 500, 7).map((n) => `word${n}é`);
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return program('words.rs', all.join(' '), lines(order.map(([word, n]) => `${n} ${word}`)));
}

function life(): Program {
  const [width, height] = [96, 64];
  let cells = numbers(width * height, 3, 9).map((n) => n === 0);
  const shown = () =>
    Array.from({ length: height }, (_, y) =>
      cells
        .slice(y * width, (y + 1) * width)
        .map((cell) => (cell ? '#' : '.'))
        .join(''),
    );
  const input = lines(shown());
  const steps = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const));
  for (let generation = 0; generation < 100; generation++) {
    const alive = (y: number, x: number) => cells[((y + height) % height) * width + ((x + width) % width)];
    cells = cells.map((cell, at) => {
      const [y, x] = [Math.floor(at / width), at % width];
      const around = steps.filter(([dy, dx]) => (dy || dx) && alive(y + dy, x + dx)).length;
      return around === 3 || (around === 2 && cell);
    });
  }
  return program('life.rs', input, lines(shown()));
}

/** Products of known primes, so that nothing has to be factored here. */
function primes(): Program {
  const known = [2, 3, 5, 7, 11, 13, 101, 9973, 65_537];
  const products = numbers(200, 729, 11).map((n) =>
    [n % 9, Math.floor(n / 9) % 9, Math.floor(n / 81) % 9].map((at) => known[at] ?? 2).sort((a, b) => a - b),
  );
  const value = (factors: readonly number[]) => factors.reduce((a, b) => a * b, 1);
  return program(
    'primes.rs',
    lines(products.map(value)),
    lines(products.map((factors) => `${value(factors)} = ${factors.join(' * ')}`)),
  );
}

function csvToJson(): Program {
  const rows = numbers(20_000, 1000, 13).map((n, i) => ({ id: i, text: `a "${n}",\n${n}`, none: null }));
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const input = lines(['id,text,none', ...rows.map(({ id, text }) => `${id},${field(text)},`)]);
  const expected = lines(rows.map((row) => JSON.stringify(row).replaceAll('\\n', '\\u000a')));
  return {
    name: 'assemblyscript-csvjson',
    runtime: 'wasm',
    language: 'assemblyscript',
    file: (build) => assemblyScript(build, 'csvjson'),
    input: utf8(input),
    expected: utf8(expected),
  };
}
