// A temporary folder for the inputs and outputs of runs that the launcher is asked for directly.

import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxJob } from '#agent/sandbox';

const MIB = 1024 * 1024;

const defaultLimits = {
  memoryBytes: 64 * MIB,
  wallMs: 20_000,
  cpuMs: 20_000,
  maxOutputBytes: MIB,
} as const;

export class JobFolder {
  readonly path: string;
  #made = 0;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(): Promise<JobFolder> {
    return new JobFolder(await mkdtemp(join(tmpdir(), 'abhaya-attacks-')));
  }

  async job(
    what: Pick<SandboxJob, 'runtime' | 'program'> & Partial<SandboxJob>,
    input: string,
  ): Promise<SandboxJob> {
    const jobId = `attack-${++this.#made}`;
    const inputPath = join(this.path, `${jobId}.in`);
    await writeFile(inputPath, input);
    return { ...defaultLimits, jobId, inputPath, outputPath: join(this.path, `${jobId}.out`), ...what };
  }

  /** The first bytes of the job's output; empty when there is none. The job's files are deleted. */
  async take(job: SandboxJob, maxBytes: number): Promise<string> {
    const file = await open(job.outputPath).catch(() => undefined);
    try {
      const buffer = Buffer.alloc(maxBytes);
      const { bytesRead } = (await file?.read(buffer, 0, maxBytes, 0)) ?? { bytesRead: 0 };
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file?.close();
      for (const path of [job.inputPath, job.outputPath]) await rm(path, { force: true });
    }
  }

  close(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
