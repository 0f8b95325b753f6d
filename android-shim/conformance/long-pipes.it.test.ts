// Inputs and outputs that are longer than a pipe, through a service that gives its input back: every byte, in order, and
// the limit of the output to the byte, wherever the kernel's way to move them changes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC } from '../../device-agent/sandbox/sandbox-tester.ts';
import { launcherBench } from './launcher-bench.ts';

const KIB = 1024;
const bench = launcherBench();
let echo = '';

beforeAll(async () => {
  echo = join(await buildC('android-shim/probe'), 'sandbox-probe');
});

/** Its first byte asks for an echo; no piece is like another. */
function bytes(length: number): Buffer {
  const all = Buffer.alloc(length);
  for (let i = 0; i < length; i++) all[i] = (i * 31 + Math.floor(i / 257)) & 0xff;
  all.write('e');
  return all;
}

async function echoed(input: Buffer, limits: Partial<SandboxJob>) {
  const job = await bench.workspace.job(echo, input, limits);
  return { report: await bench.launcher.run(job), output: await readFile(job.outputPath) };
}

test.each([64 * KIB, 64 * KIB + 1, 256 * KIB, 1024 * KIB + 12_345, 8192 * KIB - 1])(
  'all of %d bytes comes back, at exactly its limit',
  async (length) => {
    const input = bytes(length);
    const { report, output } = await echoed(input, { maxOutputBytes: length });
    expect(report).toMatchObject({ reason: 'completed', bytesIn: length, bytesOut: length });
    expect(output.equals(input)).toBe(true);
  },
);

test.each([64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 256 * KIB, 1024 * KIB + 1])(
  'it ends at a limit of %d bytes',
  async (limit) => {
    const input = bytes(2048 * KIB);
    const { report, output } = await echoed(input, { maxOutputBytes: limit });
    expect(report).toMatchObject({ reason: 'output-limit', bytesOut: limit });
    expect(output.equals(input.subarray(0, limit))).toBe(true);
  },
);

test('several at once do not mix', async () => {
  const input = bytes(4096 * KIB);
  const all = [1, 2, 3, 4].map((n) => input.subarray(0, n * 1000 * KIB));
  const ends = await Promise.all(all.map((part) => echoed(part, { maxOutputBytes: 4096 * KIB })));
  for (const [i, { report, output }] of ends.entries()) {
    expect(report).toMatchObject({ reason: 'completed', bytesIn: all[i]?.length });
    expect(output.equals(all[i] ?? Buffer.alloc(0))).toBe(true);
  }
});
