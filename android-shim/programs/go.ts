// Real jobs in Go (go/), compiled for this machine and to WASI, and what each must answer, computed here by other means.

import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { AbhayaError } from '#base';
import { projectRoot } from '../../device-agent/sandbox/sandbox-tester.ts';
import { numbers, type Program } from './program.ts';

const run = promisify(execFile);
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const lines = (values: readonly unknown[]): string => values.map((value) => `${value}\n`).join('');

type Target = 'go' | 'wasm';
type Processor = NodeJS.Architecture;

const targetOf = (target: Target, processor: Processor) =>
  target === 'wasm'
    ? { GOOS: 'wasip1', GOARCH: 'wasm' }
    : { GOOS: 'linux', GOARCH: processor === 'arm64' ? 'arm64' : 'amd64' };

/** The go command that set-up has found for tests; what it compiles of the standard library is kept beside it. */
async function goTool(): Promise<{ command: string; env: NodeJS.ProcessEnv }> {
  const cache = process.env.ABHAYA_CACHE ?? join(projectRoot, '.cache');
  const text = await readFile(join(cache, 'tools/test-tools.json'), 'utf8').catch(() => '{}');
  const command = (JSON.parse(text) as { tools?: { go?: string } }).tools?.go;
  if (!command) throw new AbhayaError('host.setup', 'go is not set up: npm test does that');
  const own = { GOCACHE: join(cache, 'go-build'), GOPATH: join(cache, 'go-build', 'path'), GOENV: 'off' };
  // Nothing is downloaded, and nothing of the system's: the programs need the standard library alone.
  const closed = { GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '', CGO_ENABLED: '0' };
  return { command, env: { PATH: process.env.PATH, ...own, ...closed } };
}

async function compile(build: string, name: string, target: Target, processor: Processor): Promise<string> {
  const out = join(build, `${name}-go.${target}`);
  const { command, env } = await goTool();
  await run(command, ['build', '-trimpath', '-ldflags=-s -w', '-o', out, `${name}.go`], {
    cwd: join(import.meta.dirname, 'go'),
    env: { ...env, ...targetOf(target, processor) },
  });
  return out;
}

interface Row {
  readonly name: string;
  readonly input: Uint8Array;
  readonly expected: Uint8Array;
  readonly read?: (output: Buffer) => Uint8Array;
}

/** The same sources, the same answers, for each of Go's targets. */
export const goPrograms = (target: Target, processor: Processor = process.arch): Program[] =>
  [
    ...[copy(), logs(), repack(), orders(), signatures(), thumbnail(), bigNumbers(), pool(), seal()],
    ...[mistakes()],
  ].map((row) => ({
    ...row,
    name: `go-${row.name}`,
    runtime: target,
    language: 'go',
    file: (build) => compile(build, row.name, target, processor),
  }));

function copy(): Row {
  const input = Buffer.from(numbers(300_000, 256, 17));
  return { name: 'copy', input, expected: Buffer.concat([input, utf8(`${input.length}\n`)]) };
}

function logs(): Row {
  const paths = ['/', '/a', '/a/b', '/search', '/über'];
  const seen = new Map<string, { failed: number; slowest: number }>();
  const input = numbers(6000, 1 << 20, 19).map((n) => {
    const path = paths[n % 5] ?? '/';
    const [status, ms] = [n % 11 === 0 ? 503 : 200, n % 7919];
    const known = seen.get(path) ?? { failed: 0, slowest: 0 };
    seen.set(path, {
      failed: known.failed + (status === 503 ? 1 : 0),
      slowest: Math.max(known.slowest, ms),
    });
    return `10.0.${n % 256}.1 - - [24/Nov/2026:10:00:00 +0000] "GET ${path}?q=${n} HTTP/1.1" ${status} ${n} ${ms}ms`;
  });
  const all = [...seen].sort(([a], [b]) => Buffer.compare(utf8(a), utf8(b)));
  const told = all.map(([path, { failed, slowest }]) => `${path} ${failed} ${slowest}`);
  return {
    name: 'logfilter',
    input: utf8(lines([...input, 'nothing of the kind'])),
    expected: utf8(lines([...told, 'not understood: 1'])),
  };
}

function repack(): Row {
  const all = numbers(50_000, 1000, 23).map((n) => `line ${n}`);
  return {
    name: 'repack',
    input: gzipSync(lines(all)),
    expected: utf8(lines([...all].reverse())),
    read: (output) => (output.length < 400_000 ? gunzipSync(output) : output),
  };
}

function orders(): Row {
  const names = ['bolt', 'nut', 'screw "M4"', 'Schraube <ß>'];
  const sums = new Map<string, { cents: number; items: Map<string, number> }>();
  const input = numbers(3000, 1 << 20, 29).map((n) => {
    const customer = `c${n % 97}`;
    const items = [n, n >> 3, n >> 7].map((m) => ({
      name: names[m % 4] ?? '',
      count: m % 9,
      cents: m % 500,
    }));
    const known = sums.get(customer) ?? { cents: 0, items: new Map<string, number>() };
    for (const { name, count, cents } of items) {
      known.cents += count * cents;
      known.items.set(name, (known.items.get(name) ?? 0) + count);
    }
    sums.set(customer, known);
    return JSON.stringify({ customer, items });
  });
  const all = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  const expected = all.map(([customer, { cents, items }]) => {
    const sorted = [...items].sort(([a], [b]) => Buffer.compare(utf8(a), utf8(b)));
    // Go writes what could be HTML in numbers.
    return JSON.stringify({ customer, cents, items: Object.fromEntries(sorted) })
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e');
  });
  return { name: 'orders', input: utf8(lines(input)), expected: utf8(lines(expected)) };
}

function signatures(): Row {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  const all = Array.from({ length: 60 }, (_, i) => {
    const message = utf8(`message ${i}`);
    const signature = sign(null, message, privateKey);
    if (i % 3 === 0) signature[i] = (signature[i] ?? 0) ^ 1;
    return [key, signature.toString('hex'), message.toString('hex')].join(' ');
  });
  const verdicts = all.map((_, i) => `${i + 1} ${i % 3 !== 0}`);
  const hash = createHash('sha256').update(all.join('')).digest('hex');
  return { name: 'verify', input: utf8(lines(all)), expected: utf8(lines([...verdicts, hash])) };
}

function thumbnail(): Row {
  const [width, height] = [640, 480];
  const points = numbers(width * height * 3, 256, 31);
  const at = (x: number, y: number, c: number) => points[(y * width + x) * 3 + c] ?? 0;
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...points.slice(y * width * 3, (y + 1) * width * 3)]),
  );
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([utf8(kind), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const input = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...[chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))],
  ]);
  const small: number[] = [];
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2)
      for (let c = 0; c < 3; c++)
        small.push((at(x, y, c) + at(x + 1, y, c) + at(x, y + 1, c) + at(x + 1, y + 1, c)) >> 2);
  const expected = Buffer.concat([utf8(`P6 ${width / 2} ${height / 2} 255\n`), Buffer.from(small)]);
  return { name: 'thumbnail', input, expected };
}

function bigNumbers(): Row {
  const asked = numbers(300, 1000, 37).map((n, i) => [i % 3, n + 1] as const);
  const fibonacci = (n: number) => {
    let [a, b] = [0n, 1n];
    for (let i = 0; i < n; i++) [a, b] = [b, a + b];
    return a;
  };
  const factorial = (n: number) =>
    Array.from({ length: n }, (_, i) => BigInt(i + 1)).reduce((a, b) => a * b, 1n);
  const input = asked.map(([kind, n]) =>
    kind === 0 ? `fibonacci ${n}` : kind === 1 ? `factorial ${n}` : `power 3 ${n} 1000007`,
  );
  const expected = asked.map(([kind, n]) =>
    kind === 0 ? fibonacci(n) : kind === 1 ? factorial(n) : 3n ** BigInt(n) % 1_000_007n,
  );
  return { name: 'numbers', input: utf8(lines(input)), expected: utf8(lines(expected)) };
}

function pool(): Row {
  const all = numbers(30_000, 40, 41).map((n) => `w${n}`);
  const counts = new Map<string, number>();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = Array.from({ length: 3000 }, (_, i) => all.slice(i * 10, i * 10 + 10).join(' '));
  return {
    name: 'pool',
    input: utf8(lines(texts)),
    expected: utf8(lines(sorted.map(([word, n]) => `${n} ${word}`))),
  };
}

function seal(): Row {
  const input = Buffer.from(numbers(200_000, 256, 43));
  return { name: 'seal', input, expected: input };
}

function mistakes(): Row {
  const runtime = 'runtime error:';
  const expected = [
    `next ${runtime} invalid memory address or nil pointer dereference`,
    `index ${runtime} index out of range [5] with length 4`,
    `divide ${runtime} integer divide by zero`,
    'fine 4',
    '<nil>',
  ];
  return { name: 'recover', input: utf8('abcd'), expected: utf8(lines(expected)) };
}
