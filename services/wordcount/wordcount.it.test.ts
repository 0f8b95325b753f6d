// org.abhaya.wordcount beside the real `wc` (coreutils), outside and inside the sandbox.

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildC, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

interface Counts {
  readonly lines: number;
  readonly words: number;
  readonly bytes: number;
  readonly top: readonly { readonly word: string; readonly count: number }[];
  readonly approximate?: true;
}

let program = '';
let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  program = join(await buildC('services/wordcount'), 'wordcount');
  launcher = new LauncherTester(join(await buildC('android-shim/launcher'), 'abhaya-launcher'));
  workspace = await Workspace.open();
  expect(await launcher.hello).toMatchObject({ available: true });
});
afterAll(async () => {
  await launcher.close();
  await workspace.close();
});

const wc = (input: Buffer): Omit<Counts, 'top'> => {
  const text = execFileSync('wc', [], { input, env: { ...process.env, LC_ALL: 'C' } }).toString();
  const [lines = -1, words = -1, bytes = -1] = text.trim().split(/\s+/).map(Number);
  return { lines, words, bytes };
};

function unsandboxed(input: Buffer): Counts {
  const { status, stdout } = spawnSync(program, { input, maxBuffer: 1 << 20 });
  expect(status).toBe(0);
  return JSON.parse(stdout.toString('utf8'));
}

/** The top list counted the plain way, for text that is ASCII. */
function recount(input: Buffer): Counts['top'] {
  const counts = new Map<string, number>();
  for (const word of input.toString('latin1').split(/[ \t\n\v\f\r]+/))
    if (/[!-~]/.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.word), Buffer.from(b.word)))
    .slice(0, 20);
}

describe('counts as wc does', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no newline at the end', Buffer.from('one two')],
    ['every separator', Buffer.from('a b\tc\nd\ve\ff\rg\r\n')],
    ['other bytes alone', Buffer.from([0x80, 0x20, 0x01, 0x20, 0xff, 0x0a])],
    ['UTF-8', Buffer.from('naïve café अभय — “quoted”\u00a0nbsp\n')],
    ['UTF-16', Buffer.from('wide text\n', 'utf16le')],
    ['NULs', Buffer.from('a\0b \0 \0c\n')],
    ['one word of a megabyte', Buffer.alloc(1 << 20, 'x')],
    ['newlines only', Buffer.alloc(100_000, '\n')],
  ])('%s', (_what, input) => {
    expect(unsandboxed(input)).toMatchObject(wc(input));
  });

  test('random bytes, of many sizes', () => {
    for (let round = 0; round < 40; round++) {
      const input = randomBytes(1 + Math.floor(2 ** (round / 2)));
      expect(unsandboxed(input)).toMatchObject(wc(input));
    }
  });

  test('random bytes of the kinds that matter', () => {
    const kinds = Buffer.from([0x20, 0x0a, 0x09, 0x0b, 0x0c, 0x0d, 0x61, 0x7e, 0x7f, 0x80, 0x00, 0xa0]);
    for (let round = 0; round < 40; round++) {
      const input = Buffer.from(randomBytes(5000).map((byte) => kinds[byte % kinds.length] ?? 0));
      expect(unsandboxed(input)).toMatchObject(wc(input));
    }
  });
});

test('the top list is exact, ties in byte order', () => {
  const input = Buffer.from(
    Array.from(randomBytes(200_000), (byte, i) => `w${(byte * byte * ((i % 7) + 1)) % 5003}`).join(' '),
  );
  const counts = unsandboxed(input);
  expect(counts.top).toEqual(recount(input));
  expect(counts.approximate).toBeUndefined();
});

async function sandboxed(path: string) {
  const job = {
    ...(await workspace.job(program, '')),
    inputPath: path,
    maxOutputBytes: 65_536,
    wallMs: 30_000,
  };
  const report = await launcher.run(job);
  const text = report.reason === 'completed' ? await readFile(job.outputPath, 'utf8') : '{}';
  return { report, counts: JSON.parse(text) as Counts };
}

async function fileOf(bytes: number, line: (index: number) => string): Promise<string> {
  const path = join(workspace.folder, `${bytes}.txt`);
  const out = createWriteStream(path);
  for (let written = 0, i = 0; written < bytes; ) {
    let piece = '';
    while (piece.length < 1 << 16) piece += line(i++);
    written += piece.length;
    if (!out.write(piece)) await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
  return path;
}

describe('in the sandbox, with 64 MB', () => {
  test('binary bytes give what wc gives', async () => {
    const input = randomBytes(3_000_000);
    const path = join(workspace.folder, 'random');
    await writeFile(path, input);
    const { report, counts } = await sandboxed(path);
    expect(report).toMatchObject({ reason: 'completed', bytesIn: input.length });
    expect(counts).toMatchObject(wc(input));
  });

  test('100 MB of text', async () => {
    const path = await fileOf(
      100_000_000,
      (i) => `the ${i % 1000} of and ${i % 50_000} to in word-${i % 7}\n`,
    );
    const { report, counts } = await sandboxed(path);
    expect(report).toMatchObject({ reason: 'completed' });
    const [lines = 0, words = 0, bytes = 0] = execFileSync('wc', [path], {
      env: { ...process.env, LC_ALL: 'C' },
    })
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number);
    expect(counts).toMatchObject({ lines, words, bytes });
    expect(counts.top.slice(0, 5).map(({ word, count }) => [word, count])).toEqual(
      ['and', 'in', 'of', 'the', 'to'].map((word) => [word, lines]),
    );
    expect(counts.approximate).toBeUndefined();
  });

  test('more different words than memory: totals exact, the rest says that it is approximate', async () => {
    const path = await fileOf(60_000_001, (i) => `${(i * 2654435761) % 4294967296} often\n`);
    const { report, counts } = await sandboxed(path);
    expect(report).toMatchObject({ reason: 'completed' });
    expect(counts.approximate).toBe(true);
    expect(counts.words).toBe(counts.lines * 2);
    expect(counts.top[0]).toEqual({ word: 'often', count: counts.lines });
    expect(report.peakMemoryBytes).toBeLessThan(56 * 1024 * 1024);
  });
});
