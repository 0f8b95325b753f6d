// Runs of the probe in a sandbox, each with files of its own that are gone afterwards. Times are what the launcher says,
// and for the whole of it what we see.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExitReport, Sandbox, SandboxJob } from '#agent/sandbox';
import { AbhayaError, throwIfAborted } from '#base';

export interface BenchRun {
  readonly report: ExitReport;
  /** From asking to the report. */
  readonly askedMs: number;
  readonly output: string;
}

export interface BenchJobs {
  /** `input` is the path of a file. */
  run(ask: {
    sandbox: Sandbox;
    runtime: string;
    program: string;
    input: string;
    memoryBytes?: number;
    maxOutputBytes?: number;
    /** Sees the output's file before it goes. */
    look?: (output: string) => Promise<void>;
  }): Promise<BenchRun>;
  /** A file with these bytes, for inputs and programs; absolute path. */
  file(name: string, bytes: string | Uint8Array): Promise<string>;
  readonly folder: string;
}

const MIB = 1024 ** 2;
export const DEFAULT_MEMORY_BYTES = 64 * MIB;
const LIMIT_MS = 30_000;

/** The folder exists and is the caller's to remove. */
export function createBenchJobs(folder: string, signal?: AbortSignal): BenchJobs {
  let made = 0;
  return {
    folder,
    async file(name, bytes) {
      const path = join(folder, name);
      await writeFile(path, bytes, { mode: 0o600 });
      return path;
    },
    async run({ sandbox, runtime, program, input, memoryBytes, maxOutputBytes, look }) {
      throwIfAborted(signal);
      const jobId = `bench-${++made}`;
      const output = join(folder, `${jobId}.out`);
      const job: SandboxJob = {
        jobId,
        runtime: runtime as SandboxJob['runtime'],
        program,
        inputPath: input,
        outputPath: output,
        memoryBytes: memoryBytes ?? DEFAULT_MEMORY_BYTES,
        wallMs: LIMIT_MS,
        cpuMs: LIMIT_MS,
        maxOutputBytes: maxOutputBytes ?? MIB,
      };
      try {
        const start = performance.now();
        const report = await sandbox.run(job, signal ? { signal } : {});
        const askedMs = performance.now() - start;
        throwIfAborted(signal);
        await look?.(output);
        return { report, askedMs, output };
      } finally {
        await rm(output, { force: true });
      }
    },
  };
}

/** Throws what the report says, if the service did not complete. */
export function completed(what: string, { report }: BenchRun): ExitReport {
  if (report.reason === 'completed') return report;
  const why = [report.reason, report.syscall, report.signal, report.message].filter(Boolean).join(' ');
  throw new AbhayaError('sandbox.unavailable', `${what}: the service ended as ${why}`);
}
