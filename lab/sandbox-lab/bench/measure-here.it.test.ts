// The whole engine on this machine, with as few rounds as there can be: what comes out, not how fast.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { loadToolchain } from '#lab/toolchain';
import { parserOf, type SandboxBenchProgress, SandboxMeasured, type SandboxResult } from '#schemas';
import { measureHere } from './measure-here.ts';
import { resultOf } from './result.ts';

const TIMEOUT_MS = 120_000;
const toolchain = loadToolchain();
const before = process.env.TMPDIR;
let tmp: string;

beforeAll(async () => {
  tmp = await mkdtemp(join(tmpdir(), 'abhaya bench test '));
  process.env.TMPDIR = tmp;
});
afterAll(async () => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await rm(tmp, { recursive: true, force: true });
});

describe('this machine', () => {
  let measured: SandboxMeasured;
  let result: SandboxResult;
  const progress: SandboxBenchProgress[] = [];

  beforeAll(async () => {
    const ask = { rounds: 2 };
    measured = await measureHere({
      ...{ toolchain, ask, logger: silentLogger, onProgress: (step) => progress.push(step) },
    });
    result = resultOf(2, [{ place: 'local', measured }]);
  }, TIMEOUT_MS);

  test('measures every runtime cold and warm, beside plain starts of both kinds', () => {
    const starts = result.rows.map(({ runtime, phase, peer }) =>
      [runtime, phase, peer].filter(Boolean).join(' '),
    );
    expect(starts).toEqual(
      expect.arrayContaining(['native cold', 'native warm', 'nodejs cold', 'nodejs warm']),
    );
    expect(starts).toEqual(
      expect.arrayContaining(['native cold fork+exec', 'native cold fork+exec dynamic']),
    );
    expect(result.rows.every(({ n, medianMs }) => n === 2 && medianMs > 0)).toBe(true);
  });

  test('measures pipes, memory and overhead', () => {
    const known = new Set(
      result.figures.map(({ what, runtime, peer }) => [what, runtime, peer].filter(Boolean).join(' ')),
    );
    for (const wanted of ['pipe native', 'pipe native plain', 'pipe native filter', 'pipe nodejs'])
      expect(known).toContain(wanted);
    for (const runtime of ['native', 'nodejs']) expect(known).toContain(`memory-floor ${runtime}`);
    const floors = result.figures.filter(({ what }) => what === 'memory-floor').map(({ median }) => median);
    expect(Math.max(...floors)).toBeLessThan(64 * 1024 ** 2);
    expect(result.overhead.map(({ what, of }) => `${what} ${of}`)).toEqual(
      expect.arrayContaining(['compute sandbox', 'compute filter', 'echo sandbox', 'echo filter']),
    );
  });

  test('answers what the wire allows, tells how far it is, and leaves no file', async () => {
    expect(() => parserOf(SandboxMeasured, 'measured')(measured)).not.toThrow();
    const [first, last] = [progress[0], progress.at(-1)];
    expect(first?.done).toBe(0);
    expect(last?.done).toBe(last?.total);
    expect(progress.every(({ done }, i) => i === 0 || done >= (progress[i - 1]?.done ?? 0))).toBe(true);
    expect(await readdir(tmp)).toEqual([]);
  });
});

test('a measurement that is cancelled ends, and leaves no file', { timeout: TIMEOUT_MS }, async () => {
  const stop = new AbortController();
  const running = measureHere({
    ...{ toolchain, ask: { rounds: 500 }, logger: silentLogger, signal: stop.signal },
    onProgress: ({ done }) => {
      if (done > 5) stop.abort();
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(await readdir(tmp)).toEqual([]);
});

test('a runtime that is not offered here is refused by name', { timeout: TIMEOUT_MS }, async () => {
  const ask = { rounds: 1, runtimes: ['cobol'] };
  await expect(measureHere({ toolchain, ask, logger: silentLogger })).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining('cobol'),
  });
});
