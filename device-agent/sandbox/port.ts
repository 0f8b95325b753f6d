// What the rest of the agent sees of the sandbox (spec 03). Implemented by the Kotlin supervisor's client.

import type { SandboxRuntime } from '#schemas';

export type { SandboxRuntime } from '#schemas';

/** The closed set of ways in which a sandboxed run ends. */
export type ExitReason =
  | 'completed'
  | 'failed' // the program ended by itself with another exit code than 0
  | 'crashed' // a signal that its own fault raised (SIGSEGV, SIGILL, SIGFPE, SIGABRT, SIGBUS), or a trap of WebAssembly
  | 'syscall-denied'
  | 'out-of-memory'
  | 'wall-timeout'
  | 'cpu-timeout'
  | 'output-limit'
  | 'cancelled'
  | 'sandbox-error'; // a layer could not be put in place, or the supervisor died: the service did not run, or was ended

export interface ExitReport {
  readonly reason: ExitReason;
  /** The denied call's name, such as `openat` (reason syscall-denied). */
  readonly syscall?: string;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
  readonly wallMs: number;
  /** From the supervisor taking it on to its first byte of output, ms; absent where it wrote nothing. */
  readonly firstByteMs?: number;
  /** From the verdict to the end of the process, ms. */
  readonly teardownMs?: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How often calls of the errno list were answered, by name. */
  readonly errnoHits?: Readonly<Record<string, number>>;
  /** Layers in force, such as `seccomp`, `rlimits`, `user-namespace`, `landlock`. */
  readonly layers: readonly string[];
  /** A sentence for sandbox-error; the last words of a service that failed, where its runtime takes any. */
  readonly message?: string;
}

export interface SandboxJob {
  readonly jobId: string;
  readonly runtime: SandboxRuntime;
  /** Absolute path of the program on the device: a static ELF for `native`, else what the runtime reads. */
  readonly program: string;
  /** Absolute path of the file, or named pipe, whose bytes become the input pipe; the launcher opens it, the service never sees it. */
  readonly inputPath: string;
  /** Absolute path of a file that gets the output pipe's bytes; created 0600, must not exist. */
  readonly outputPath: string;
  readonly memoryBytes: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly maxOutputBytes: number;
}

export interface SandboxProgress {
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface SandboxCapabilities {
  readonly runtimes: readonly SandboxRuntime[];
  readonly layers: readonly string[];
  /** Why no runtime is offered, in a sentence. */
  readonly unavailable?: string;
  /** Why a runtime that was asked for is not offered, in a sentence, by its name. */
  readonly lacks?: Readonly<Partial<Record<SandboxRuntime, string>>>;
}

export interface Sandbox {
  readonly capabilities: SandboxCapabilities;
  /** Ends with a report for every outcome of the service; throws only `cancelled` before start and `sandbox.*`. */
  run(
    job: SandboxJob,
    options?: { onProgress?: (progress: SandboxProgress) => void; signal?: AbortSignal },
  ): Promise<ExitReport>;
  /** Resolves when the supervisor has died, with why; running jobs get `sandbox-error`. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}
