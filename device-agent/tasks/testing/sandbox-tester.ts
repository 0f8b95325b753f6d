// For tests: a sandbox that runs a JavaScript function instead of a program, and can be made slow, dead or hostile.

import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { ExitReport, Sandbox, SandboxJob } from '#agent/sandbox';

export type Behaviour = (
  input: Uint8Array,
  job: SandboxJob,
) => Promise<Partial<ExitReport> & { output?: Uint8Array }>;

export class SandboxTester implements Sandbox {
  readonly capabilities = { runtimes: ['native'] as const, layers: ['tester'] };
  readonly jobs: SandboxJob[] = [];
  running = 0;
  behaviour: Behaviour;
  readonly died: Promise<string>;
  die: (why: string) => void = () => undefined;

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.died = new Promise((resolve) => {
      this.die = resolve;
    });
  }

  async run(job: SandboxJob, options: Parameters<Sandbox['run']>[1] = {}): Promise<ExitReport> {
    this.jobs.push(job);
    this.running += 1;
    const startedAt = performance.now();
    const base = { peakMemoryBytes: 1_000_000, cpuMs: 1, bytesIn: 0, bytesOut: 0, layers: ['tester'] };
    try {
      for await (const _ of createReadStream(job.program)) break; // it must be there
      const input = new Uint8Array(await readFile(job.inputPath));
      options.onProgress?.({ cpuMs: 1, memoryBytes: 1_000_000, bytesIn: input.length, bytesOut: 0 });
      const cancelled = new Promise<'cancelled'>((resolve) => {
        if (options.signal?.aborted) resolve('cancelled');
        options.signal?.addEventListener('abort', () => resolve('cancelled'), { once: true });
      });
      const ended = await Promise.race([this.behaviour(input, job), cancelled]);
      const wallMs = performance.now() - startedAt;
      if (ended === 'cancelled') return { ...base, reason: 'cancelled', wallMs };
      const { output = new Uint8Array(), ...report } = ended;
      await writeFile(job.outputPath, output, { flag: 'wx' });
      return {
        ...base,
        reason: 'completed',
        exitCode: 0,
        wallMs,
        bytesIn: input.length,
        bytesOut: output.length,
        ...report,
      };
    } finally {
      this.running -= 1;
    }
  }

  async close(): Promise<void> {
    this.die('closed');
  }
}
