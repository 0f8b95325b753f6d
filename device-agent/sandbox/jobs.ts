// The jobs that a sandbox client waits for. Pure: frames from the supervisor in, settled promises out.

import { AbhayaError } from '#base';
import type { FromSupervisor } from '#schemas';
import type { ExitReport, SandboxProgress } from './port.ts';

type OfJob = Exclude<FromSupervisor, { kind: 'hello' | 'died' | 'wanted' }>;

interface Waiting {
  started: boolean;
  readonly onProgress: ((progress: SandboxProgress) => void) | undefined;
  readonly resolve: (report: ExitReport) => void;
  readonly reject: (error: Error) => void;
}

/** A report for a run that was ended, or never begun, without one from the launcher. */
export const lostReport = (message: string): ExitReport => ({
  reason: 'sandbox-error',
  cpuMs: 0,
  peakMemoryBytes: 0,
  wallMs: 0,
  bytesIn: 0,
  bytesOut: 0,
  layers: [],
  message,
});

export class Jobs {
  readonly #waiting = new Map<string, Waiting>();

  has(jobId: string): boolean {
    return this.#waiting.has(jobId);
  }

  add(jobId: string, onProgress?: (progress: SandboxProgress) => void): Promise<ExitReport> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(jobId, { started: false, onProgress, resolve, reject });
    });
  }

  /** Throws `wire.malformed` for a job that doesn't run: the supervisor is not to be trusted then. */
  on(frame: OfJob): void {
    const job = this.#waiting.get(frame.jobId);
    if (!job)
      throw new AbhayaError('wire.malformed', `the supervisor speaks of an unknown job ${frame.jobId}`);
    if (frame.kind === 'started') job.started = true;
    else if (frame.kind === 'progress') {
      const { cpuMs, memoryBytes, bytesIn, bytesOut } = frame;
      job.onProgress?.({ cpuMs, memoryBytes, bytesIn, bytesOut });
    } else {
      this.#waiting.delete(frame.jobId);
      if (frame.report.reason === 'cancelled' && !job.started)
        job.reject(new AbhayaError('cancelled', `job ${frame.jobId} was cancelled before it started`));
      else job.resolve(frame.report);
    }
  }

  /** Every job that is left gets `sandbox-error`. */
  endAll(message: string): void {
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const job of left) job.resolve(lostReport(message));
  }
}
