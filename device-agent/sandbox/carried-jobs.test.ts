// Jobs that bring their files along, against a supervisor made of a few lines.

import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ToSupervisor } from '#schemas';
import { CarriedJobs, type CarriedLink } from './carried-jobs.ts';
import { deferred } from './deferred.ts';
import type { ExitReport, SandboxJob } from './port.ts';

let folder = '';
let job: SandboxJob;
let said: ToSupervisor[];
let pieces: Uint8Array[];
let distrusted: Error | undefined;
let mayGoOn: () => Promise<void>;
let jobs: CarriedJobs;
let report = deferred<ExitReport>();
let begun = deferred<ToSupervisor>();

const link: CarriedLink = {
  send: (frame) => said.push(frame),
  sendPiece: (payload) => {
    pieces.push(payload);
    return mayGoOn();
  },
  distrust: (error) => {
    distrusted = error;
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-carried-'));
  [said, pieces, distrusted, mayGoOn] = [[], [], undefined, async () => {}];
  [report, begun] = [deferred(), deferred()];
  jobs = new CarriedJobs(link);
  job = {
    ...{ jobId: 'a', runtime: 'native', program: join(folder, 'program'), inputPath: join(folder, 'in') },
    ...{ outputPath: join(folder, 'out'), memoryBytes: 1, wallMs: 1, cpuMs: 1, maxOutputBytes: 100_000 },
  };
  await writeFile(job.program, Buffer.alloc(40_000, 'p'));
  await writeFile(job.inputPath, 'input');
});
afterEach(() => rm(folder, { recursive: true }));

const ended = (bytesOut: number, rest: Partial<ExitReport> = {}): ExitReport => ({
  ...{ reason: 'completed', cpuMs: 1, peakMemoryBytes: 1, wallMs: 1, bytesIn: 5, layers: ['seccomp'] },
  bytesOut,
  ...rest,
});
function run(signal?: AbortSignal) {
  const running = jobs.run(
    job,
    (frame) => {
      begun.resolve(frame);
      return report.promise;
    },
    signal,
  );
  running.catch(() => {});
  return running;
}
const output = (offset: number, text: string) =>
  jobs.onOutput({ jobId: 'a', offset, bytes: Buffer.from(text) });

test('files go when they are wanted, output is taken when it is on disk', async () => {
  const running = run();
  expect(await begun.promise).toMatchObject({ kind: 'carry', job: { programBytes: 40_000, inputBytes: 5 } });
  expect(jobs.has('a')).toBe(true);
  expect(pieces).toEqual([]);
  jobs.onWanted('a');
  expect(() => jobs.onWanted('a')).toThrow('twice');
  await expect.poll(() => pieces.length).toBe(4);
  output(0, 'one');
  output(3, 'two');
  report.resolve(ended(6));
  expect(await running).toMatchObject({ reason: 'completed' });
  expect(said).toEqual([
    { kind: 'taken', jobId: 'a', bytes: 3 },
    { kind: 'taken', jobId: 'a', bytes: 3 },
  ]);
  expect(await readFile(job.outputPath, 'utf8')).toBe('onetwo');
  expect(jobs.has('a')).toBe(false);
  expect(() => jobs.onWanted('a')).toThrow('unknown');
});

test('no more is read than the supervisor takes, and nothing after the end', async () => {
  const gate = deferred<void>();
  mayGoOn = () => gate.promise;
  const running = run();
  await begun.promise;
  jobs.onWanted('a');
  await expect.poll(() => pieces.length).toBe(1);
  report.reject(Object.assign(new Error('cancelled'), { code: 'cancelled' }));
  gate.resolve();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(pieces).toHaveLength(1);
});

test('a file that became shorter, and a place that can not be written', async () => {
  const running = run();
  await begun.promise;
  await truncate(job.program, 20_000);
  jobs.onWanted('a');
  await expect.poll(() => said).toEqual([{ kind: 'cancel', jobId: 'a' }]);
  report.reject(new Error('cancelled before it started'));
  expect(await running).toMatchObject({
    reason: 'sandbox-error',
    message: 'its files: the program is shorter than it was',
  });

  [said, report, begun] = [[], deferred(), deferred()];
  const next = run();
  await begun.promise;
  await writeFile(job.outputPath, 'somebody was quicker');
  output(0, 'x');
  await expect.poll(() => said).toEqual([{ kind: 'cancel', jobId: 'a' }]);
  report.resolve(ended(1, { reason: 'cancelled' }));
  expect(await next).toMatchObject({
    reason: 'sandbox-error',
    message: expect.stringMatching(/^output file: /),
  });
  expect(await readFile(job.outputPath, 'utf8')).toBe('somebody was quicker');
});

test('output that can not be is the supervisor’s lie', async () => {
  const running = run();
  await begun.promise;
  expect(() => output(1, 'x')).toThrow('out of place');
  output(0, 'x'.repeat(60_000));
  expect(() => output(60_000, 'x'.repeat(50_000))).toThrow('too many');
  expect(() => jobs.onOutput({ jobId: 'b', offset: 0, bytes: Buffer.from('x') })).toThrow('unknown');
  report.resolve(ended(60_001));
  expect(await running).toMatchObject({ reason: 'sandbox-error' });
  expect(distrusted).toMatchObject({ code: 'wire.malformed' });
});

test('stopped before anything was said', async () => {
  await expect(run(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  expect(said).toEqual([]);
});
