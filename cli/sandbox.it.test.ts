// `abhaya sandbox` as a person uses it: the command in a process of its own, its streams, files and exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '#base';
import { hostAbi } from '#lab/sandbox-lab';
import { answerableFor } from '../lab/sandbox-lab/launcher/processes.ts';

const root = join(import.meta.dirname, '..');
const attempts = join(root, 'dist/conformance', hostAbi(), 'attempts');
let folder = '';
/** Where the command puts what it must delete again. */
let temporary = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-cli-'));
  temporary = await mkdtemp(join(tmpdir(), 'abhaya-cli-tmp-'));
});
afterAll(async () => {
  expect(await readdir(temporary)).toEqual([]);
  for (const path of [folder, temporary]) await rm(path, { recursive: true });
});

function start(args: readonly string[]): ChildProcess & { readonly stdin: NodeJS.WritableStream } {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'cli/main.ts'), 'sandbox', ...args],
    { stdio: 'pipe', env: { ...process.env, TMPDIR: temporary } },
  );
  child.stdin.on('error', () => {}); // a command that doesn't read
  return child;
}

async function abhaya(args: readonly string[], input: string | Uint8Array = '') {
  const child = start(args);
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  const stdout = Buffer.concat(out);
  return { code, stdout, text: stdout.toString(), stderr };
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** WASI preview 1: five bytes to standard output. */
const hello = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello")
  (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;

async function assembled(text: string): Promise<Uint8Array> {
  const wabt = await (await import('wabt')).default();
  const module = wabt.parseWat('hello.wat', text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

describe('exec', () => {
  test('a native program, with its report in a file', async () => {
    const report = join(folder, 'report.json');
    const ran = await abhaya(['exec', attempts, '--report', report], 'success');
    expect(ran).toMatchObject({ code: 0, text: 'did', stderr: '' });
    expect(await json(report)).toMatchObject({
      ...{ reason: 'completed', exitCode: 0, bytesIn: 7, bytesOut: 3 },
      ...{ cpuMs: expect.any(Number), peakMemoryBytes: expect.any(Number), wallMs: expect.any(Number) },
    });
  });

  test('JavaScript, told by its name; megabytes of any bytes go through unchanged', async () => {
    const copy = await file(
      'copy.js',
      'module.exports.stream = ({ read, write }) => { for (let b; (b = read(65536)); ) write(b); };',
    );
    const bytes = randomBytes(20_000_000);
    const ran = await abhaya(['exec', copy], bytes);
    expect(ran.stderr).toMatch(/^completed: .* in 20\.0 MB, out 20\.0 MB/);
    expect([ran.code, sha256(ran.stdout)]).toEqual([0, sha256(bytes)]);
  });

  test('a program for Node.js, a module, and TypeScript, whose types are taken out', async () => {
    const program = await file(
      'upper.js',
      "process.stdin.on('data', (part) => console.log(String(part).toUpperCase()));",
    );
    expect(await abhaya(['exec', program], 'pear')).toMatchObject({ code: 0, text: 'PEAR\n' });
    const module = await file(
      'count.mjs',
      "import { readFileSync } from 'node:fs';\nconsole.log(readFileSync(0).length);",
    );
    expect(await abhaya(['exec', module, '--runtime', 'javascript'], 'pear')).toMatchObject({
      code: 0,
      text: '4\n',
    });
    const erased =
      'const length: number = require("fs").readFileSync(0).length;\nconsole.log(length satisfies number);';
    expect(await abhaya(['exec', await file('count.ts', erased)], 'pear')).toMatchObject({
      code: 0,
      text: '4\n',
    });
    const made = await file('enum.ts', 'enum Fruit { pear = 7 }\nexport default () => String(Fruit.pear);');
    expect(await abhaya(['exec', made])).toMatchObject({
      code: 0,
      text: '7',
      stderr: expect.not.stringContaining('Warning'),
    });
    const wrong = await abhaya(['exec', await file('wrong.ts', 'const x: = 1;')]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/wrong\.ts is no TypeScript/) });
  });

  test('Python, WebAssembly and a jar, told by name or first bytes', { timeout: 240_000 }, async () => {
    const script = await file('upper.py', 'import sys\nsys.stdout.write(sys.stdin.read().upper())\n');
    expect(await abhaya(['exec', script], 'pear')).toMatchObject({ code: 0, text: 'PEAR' });
    const module = join(folder, 'module'); // its first bytes tell
    await writeFile(module, await assembled(hello));
    expect(await abhaya(['exec', module])).toMatchObject({ code: 0, text: 'hello' });
    const jar = join(root, 'dist/conformance', hostAbi(), 'jvm/attempts.jar');
    expect(await abhaya(['exec', jar], 'print')).toMatchObject({ code: 0, text: 'did' });
  });

  test('output comes while the program runs', async () => {
    const endless = await file(
      'endless.js',
      'module.exports.stream = ({ write }) => { write("ready"); for (;;); };',
    );
    const child = start(['exec', endless]);
    child.stdin.end();
    const [first] = await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(String(first)).toBe('ready');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
  });

  test.each([
    ['open-file', 'syscall-denied', { syscall: 'openat' }],
    ['exit-code', 'failed', { exitCode: 7 }],
    ['memory-bomb', 'out-of-memory', {}],
  ])('%s ends with 62 and its reason', async (attempt, reason, more) => {
    const report = join(folder, `${attempt}.json`);
    const ran = await abhaya(['exec', attempts, '--report', report, '--memory', '16'], attempt);
    expect(ran).toMatchObject({ code: 62, stderr: expect.stringContaining(reason) });
    expect(await json(report)).toMatchObject({ reason, ...more });
  });

  test('--timeout is the end', async () => {
    const report = join(folder, 'spin.json');
    const ran = await abhaya(['exec', attempts, '--report', report, '--timeout', '1'], 'spin-for-ever');
    expect(ran.code).toBe(62);
    expect(['wall-timeout', 'cpu-timeout']).toContain((await json(report)).reason);
  });

  test('with --json stdout is the report, and the output needs a file', async () => {
    const out = join(folder, 'out.bin');
    const ran = await abhaya(['exec', attempts, '--json', '--out', out], 'success');
    expect(JSON.parse(ran.text)).toMatchObject({ reason: 'completed', bytesOut: 3 });
    expect((await readFile(out)).toString()).toBe('did');
    expect(await abhaya(['exec', attempts, '--json'])).toMatchObject({ code: 2 });
  });

  test.each([
    ['nothing', ['/none'], 3, 'not-found'],
    ['a folder', [tmpdir()], 2, 'not a file'],
    ['what can not be told', [join(root, 'README.md')], 2, '--runtime'],
    ['an unknown runtime', [attempts, '--runtime', 'cobol'], 2, 'Allowed choices'],
    ['no memory', [attempts, '--memory', '0'], 2, 'memory'],
  ])('%s is refused', async (_what, args, code, words) => {
    expect(await abhaya(['exec', ...args])).toMatchObject({ code, stderr: expect.stringContaining(words) });
  });

  test('a reader that goes away ends the program', async () => {
    const child = start(['exec', attempts]);
    child.stdin.end('output-flood');
    child.stdout?.destroy();
    const [code] = await once(child, 'close');
    expect(code).toBe(11);
  });

  const pairs = 'module.exports.stream = ({ read, write }) => { for (let b; (b = read(2)); ) write(b); };';

  test('output comes while the input still does', async () => {
    const child = start(['exec', await file('pairs.js', pairs)]);
    for (const part of ['ab', 'cd']) {
      const next = once(child.stdout as NodeJS.ReadableStream, 'data');
      child.stdin.write(part);
      expect(String((await next)[0])).toBe(part);
    }
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('a program that ends early ends an endless input', async () => {
    const early = await file('early.js', 'module.exports.stream = ({ read, write }) => write(read(5));');
    const report = join(folder, 'early.json');
    const child = start(['exec', early, '--report', report]);
    const letters = Readable.from(
      (function* () {
        for (;;) yield 'y'.repeat(10_000);
      })(),
    );
    letters.pipe(child.stdin);
    expect(await once(child, 'close')).toEqual([0, null]);
    letters.destroy();
    expect(await json(report)).toMatchObject({ reason: 'completed', bytesIn: 5, bytesOut: 5 });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s while the input is still coming',
    async (signal) => {
      const child = start(['exec', await file('pairs.js', pairs)]);
      child.stdin.write('ab');
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      const started = answerableFor(child.pid ?? 0, []);
      expect(started.length).toBeGreaterThanOrEqual(3); // supervisor, launcher, service
      child.kill(signal);
      expect(await once(child, 'close')).toEqual([130, null]);
      await poll(() => !started.some((pid) => existsSync(`/proc/${pid}`)) || undefined, {
        ...{ everyMs: 10, timeoutMs: 10_000, what: 'their end' },
      });
    },
  );

  test('Ctrl-C before anything came', async () => {
    const child = start(['exec', attempts]);
    await poll(async () => (await readdir(temporary))[0], {
      ...{ everyMs: 20, timeoutMs: 20_000, what: 'its folder' },
    });
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(answerableFor(child.pid ?? 0, [])).toEqual([]);
  });
});

describe('runtimes', () => {
  test('what is offered, and the layers', async () => {
    const { code, text } = await abhaya(['runtimes', '--json']);
    const document = JSON.parse(text);
    expect(code).toBe(0);
    expect(document.layers).toContain('seccomp');
    for (const runtime of ['native', 'nodejs'])
      expect(document.runtimes).toContainEqual({ runtime, offered: true });
    for (const { offered, why } of document.runtimes) expect(offered || why).toBeTruthy();
  });
});

describe('policy', () => {
  test('as JSON, and as tables', async () => {
    const { code, text } = await abhaya(['policy', '--runtime', 'native', '--json']);
    expect(code).toBe(0);
    const policy = JSON.parse(text);
    expect(policy).toMatchObject({ runtime: 'native', arch: expect.any(String) });
    expect(policy.allowed).toContain('read');
    expect(policy.errno).toContainEqual({
      ...{ name: 'mremap', errno: 'ENOMEM' },
      why: expect.stringContaining('realloc'),
    });
    const art = JSON.parse((await abhaya(['policy', '--runtime', 'jvm', '--flavour', 'art', '--json'])).text);
    expect(art).toMatchObject({ runtime: 'jvm', flavour: 'art', source: 'launcher' });
    expect(art.why).toMatch(/no ART/);
    expect(art.allowed.length).toBeLessThanOrEqual(12);
    expect((await abhaya(['policy', '--runtime', 'python', '--flavour', 'art'])).code).toBe(60);
    const people = await abhaya(['policy', '--runtime', 'nodejs']);
    expect(people.text).toMatch(/^nodejs on \S+: 12 calls reach the kernel/);
    expect(people.text).toContain('Answered by the launcher');
    expect(people.text).toContain('Until the lock');
  });
});

describe('attack', () => {
  test('some attacks of one runtime, as JSON and JUnit XML', async () => {
    const junit = join(folder, 'junit.xml');
    const named = ['open-file', 'fork', 'success'].flatMap((name) => ['--attack', name]);
    const ran = await abhaya(['attack', '--runtime', 'native', ...named, '--json', '--junit', junit]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(ran.text);
    expect(report).toMatchObject({ runtime: 'native', escapes: 0, unreported: 0, failedControls: 0 });
    expect(report.attacks.map(({ name }: { name: string }) => name)).toEqual([
      'open-file',
      'fork',
      'success',
    ]);
    expect(report.attacks[0]).toMatchObject({
      ...{ name: 'open-file', control: 'ok', outcome: 'denied', reported: true },
      ...{ reason: 'syscall-denied', syscall: 'openat' },
    });
    const xml = await readFile(junit, 'utf8');
    expect(xml).toMatch(/<testsuites tests="3" failures="0"/);
    expect(xml).toContain('classname="sandbox.native" name="fork"');
  });

  test('as a phone with an old kernel sees calls', async () => {
    const args = ['attack', '--runtime', 'native', '--attack', 'open-file', '--json', '--listener'];
    const ran = await abhaya([...args, 'trace']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.text)).toMatchObject({
      attacks: [{ name: 'open-file', outcome: 'denied', reported: true, syscall: 'openat' }],
    });
    expect(await abhaya([...args, 'trace', '--phone', 'VP0001'])).toMatchObject({ code: 2 });
    expect(await abhaya([...args, 'none'])).toMatchObject({ code: 2 });
  });

  test('an attack that only one runtime has', async () => {
    const { code, text } = await abhaya(['attack', '--attack', 'heap-snapshot', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ runtime: 'nodejs', attacks: [{ name: 'heap-snapshot' }] });
  });

  test('one that nobody has', async () => {
    expect(await abhaya(['attack', '--attack', 'none'])).toMatchObject({ code: 3 });
    expect(await abhaya(['attack', '--runtime', 'native', '--attack', 'none'])).toMatchObject({ code: 2 });
  });

  test('Ctrl-C leaves nothing', async () => {
    const child = start(['attack', '--runtime', 'native', '--attack', 'spin-for-ever', '--json']);
    child.stdin.end();
    await poll(async () => (await readdir(temporary))[0], {
      ...{ everyMs: 20, timeoutMs: 20_000, what: 'its folder' },
    });
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
  });
});
