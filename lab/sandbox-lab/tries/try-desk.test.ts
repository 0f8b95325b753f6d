import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExitReport, Sandbox } from '#agent/sandbox';
import { AbhayaError, poll, silentLogger, systemClock } from '#base';
import type { SandboxTryView, StartSandboxTry } from '#schemas';
import { OutputHead } from './output-head.ts';
import { createTryDesk } from './try-desk.ts';

const report = (reason: ExitReport['reason']): ExitReport => ({
  ...{ reason, cpuMs: 1, peakMemoryBytes: 2, wallMs: 3, bytesIn: 4, bytesOut: 5, layers: ['seccomp'] },
});
type Run = Sandbox['run'];
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'abhaya tries '));
});
afterEach(() => rm(dir, { recursive: true }));

const id = (n: number) => n.toString(16).padStart(24, '0');
const ask = (more: Partial<StartSandboxTry> = {}): StartSandboxTry => ({
  ...{ program: id(1), name: 'a.py', memoryMB: 64, seconds: 5 },
  ...more,
});

async function desk(run: Run) {
  const told: SandboxTryView[] = [];
  let open = 0;
  await writeFile(join(dir, id(1)), 'print(1)');
  const made = createTryDesk({
    async open(runtime) {
      if (runtime === 'jvm') throw new AbhayaError('sandbox.unavailable', 'no Java here');
      open += 1;
      const close = async () => {
        open -= 1;
      };
      return { run, close, capabilities: {} } as unknown as Sandbox;
    },
    uploads: {
      pathOf: (upload) => join(dir, upload),
      remove: (upload) => rm(join(dir, upload)),
    },
    emit: (view) => told.push(view),
    ...{ clock: systemClock, logger: silentLogger },
  });
  const ended = () =>
    poll(() => (made.running ? undefined : made.view), { everyMs: 2, timeoutMs: 20_000, what: 'the end' });
  return { made, told, ended, left: async () => [open, await readdir(dir)] };
}

const echo: Run = async ({ inputPath, outputPath, runtime }) => {
  await writeFile(outputPath, `${runtime}: ${await readFile(inputPath, 'utf8')}`);
  return report('completed');
};

describe('a program that is tried', () => {
  test('is told by its file, gets its input, and leaves an output and a report', async () => {
    const { made, told, ended, left } = await desk(echo);
    expect(made.view.state).toBe('never');
    await made.start(ask({ input: { text: 'ñ' } }));
    await expect(made.start(ask())).rejects.toMatchObject({ code: 'conflict' });
    expect(await ended()).toMatchObject({
      ...{ state: 'ended', runtime: 'python', name: 'a.py', report: { reason: 'completed' } },
      output: { bytes: 10, head: 'python: ñ', form: 'text', cut: false },
    });
    expect([told[0]?.state, told.at(-1)?.state]).toEqual(['opening', 'ended']);
    expect(told.map(({ state }) => state)).toContain('running');
    expect(await text(await made.openOutput())).toBe('python: ñ');
    expect(await left()).toEqual([0, []]);
    await made.close();
    await expect(made.openOutput()).rejects.toMatchObject({ code: 'not-found' });
  });

  test('takes a file as its input; what was chosen stands above what the file says', async () => {
    const { made, ended, left } = await desk(echo);
    await writeFile(join(dir, id(2)), 'from a file');
    await made.start(ask({ runtime: 'wasm', input: { upload: id(2), name: 'in.txt' } }));
    expect((await ended()).output).toMatchObject({ head: 'wasm: from a file' });
    expect(await left()).toEqual([0, []]);
    await made.close();
  });

  test.each<[string, Partial<StartSandboxTry>, string]>([
    ['was not sent', { program: id(9) }, 'not-found'],
    ['has an input that was not sent', { input: { upload: id(9), name: 'x' } }, 'not-found'],
    ['nobody knows how to run', { name: 'README.md' }, 'input.invalid'],
  ])('that %s is refused, and what was sent is forgotten', async (_what, more, code) => {
    const { made, left } = await desk(echo);
    await expect(made.start(ask(more))).rejects.toMatchObject({ code });
    expect(made.running).toBe(false);
    const [open, files] = await left();
    expect([open, files]).toEqual([0, more.program ? [id(1)] : []]);
  });

  test('whose runtime is not offered fails with why', async () => {
    const { made, ended } = await desk(echo);
    await made.start(ask({ runtime: 'jvm' }));
    expect(await ended()).toMatchObject({ state: 'failed', problem: { message: 'no Java here' } });
    await made.close();
  });

  test('is cancelled, and the next one can be tried', async () => {
    const { made, ended } = await desk(async (job, { signal, onProgress } = {}) => {
      onProgress?.({ cpuMs: 1, memoryBytes: 2, bytesIn: 0, bytesOut: 0 });
      await writeFile(job.outputPath, 'so far');
      if (!signal?.aborted) await once(signal as AbortSignal, 'abort');
      return report('cancelled');
    });
    await made.start(ask());
    await poll(() => made.view.progress, { everyMs: 2, timeoutMs: 20_000, what: 'progress' });
    await expect(made.openOutput()).rejects.toMatchObject({ code: 'conflict' });
    expect(await made.cancel()).toMatchObject({ state: 'cancelled', output: { head: 'so far' } });
    await writeFile(join(dir, id(1)), 'print(2)');
    await made.start(ask());
    await made.close();
    expect((await ended()).state).toBe('cancelled');
  });
});

describe('the head of an output', () => {
  const headOf = (...chunks: Uint8Array[]) => {
    const head = new OutputHead();
    for (const chunk of chunks) head.take(chunk);
    return head.view();
  };
  test.each<[string, Uint8Array[], object]>([
    ['nothing', [], { bytes: 0, head: '', form: 'text', cut: false }],
    ['text in pieces', [Buffer.from([0xc3]), Buffer.from([0xb1, 10])], { head: 'ñ\n', form: 'text' }],
    ['a character that is not whole yet', [Buffer.from([65, 0xc3])], { head: 'A', form: 'text' }],
    ['bytes', [Buffer.from([0, 255])], { head: '00ff', form: 'hex' }],
    ['long text', [Buffer.alloc(40_000, 65)], { bytes: 40_000, head: 'A'.repeat(32_768), cut: true }],
  ])('%s', (_what, chunks, view) => {
    expect(headOf(...chunks)).toMatchObject(view);
  });
});
