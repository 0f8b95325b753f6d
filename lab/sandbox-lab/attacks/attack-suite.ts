// What a runtime gives to be attacked: programs, what must become of each attempt, and how each is done outside.

import type { ExitReason, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError } from '#base';

/** As the launcher says it in HELLO. */
export type LauncherArch = 'x86_64' | 'aarch64' | 'armv7';

/** How it sees the calls that a filter shows: by seccomp's notifications, or by ptrace, as on kernels before 5.5. */
export const listeners = ['notify', 'trace'] as const;
export type Listener = (typeof listeners)[number];

/** By its name; absent where none was named. Throws `input.invalid`. */
export function findListener(name: string | undefined): Listener | undefined {
  const found = listeners.find((one) => one === name);
  if (name === undefined || found) return found;
  throw new AbhayaError('input.invalid', `calls can be seen by ${listeners.join(' or ')}, not by ${name}`);
}

/**
 * How the same attempt ends unsandboxed: it `did` it (exit code 0, output `did`); was `reached` the kernel, which refused
 * it for its arguments or its rights (exit code 3, output `reached …`); ran on until it was ended (`endless`); ended with
 * this `signal` or `code`; or wrote so many `bytes`.
 */
export type Control =
  | 'did'
  | 'reached'
  | 'endless'
  | { readonly signal: string }
  | { readonly code: number }
  | { readonly bytes: number };

/** What must become of an attempt inside. Patterns stand where architectures have different names for one thing. */
export interface AttackRow {
  readonly attempt: string;
  readonly reason: ExitReason;
  readonly syscall?: string | RegExp;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly message?: RegExp;
  /** What it says inside, where it ends by itself. */
  readonly output?: string;
  readonly control: Control | readonly Control[];
  /** No attack: it must be let live, so that a sandbox that refuses everything doesn't pass. */
  readonly harmless?: true;
  readonly wallMs?: number;
  readonly cpuMs?: number;
  readonly memoryBytes?: number;
  readonly maxOutputBytes?: number;
}

/** Where things are on this machine: in the project, in an installed app, or in a bundle on a guest. */
export interface AttackFiles {
  /** What the build made of android-shim/conformance: `dist/conformance/<abi>`. */
  readonly programs: string;
  /** The launcher as it ships. */
  readonly launcher: string;
  /** Folders of runtimes as the launcher takes them, by runtime. */
  readonly runtimes: Readonly<Partial<Record<string, string>>>;
  /** Programs that controls run on, by name: `node`, `java`, `python`. */
  readonly tools: Readonly<Partial<Record<string, string>>>;
}

export interface AttackSuite {
  readonly runtime: SandboxRuntime;
  rows(arch: LauncherArch): readonly AttackRow[];
  /** The launcher to attack; a two-phase runtime has one whose bootstrap hides nothing, so that the wall is tested. */
  launcher(files: AttackFiles): { readonly program: string; readonly arguments: readonly string[] };
  /** The attempts that the programs know: rows and programs must agree, or nothing is run. */
  attempts(files: AttackFiles): Promise<readonly string[]>;
  /** What the launcher is asked to run; the input is the attempt's name, unless it says otherwise. */
  inside(attempt: string, files: AttackFiles): { readonly program: string; readonly input?: string };
  /** The command that does the same outside; it gets the same input, one descriptor more, and an environment. */
  outside(attempt: string, files: AttackFiles): readonly [program: string, ...args: string[]];
}

/** One attempt, inside and outside. */
export interface AttackResult {
  readonly name: string;
  readonly control: 'ok' | 'failed';
  /** `harmless`: a program that had to be let live was. */
  readonly outcome: 'denied' | 'harmless' | 'escaped';
  /** It ended for the right reason, with the right call or signal, and the report says so. */
  readonly reported: boolean;
  readonly reason: ExitReason | 'no-report';
  readonly syscall?: string;
  readonly signal?: string;
  readonly exitCode?: number;
  /** Both runs together. */
  readonly ms: number;
  /** What is wrong, in a sentence; absent when nothing is. */
  readonly problem?: string;
}

export interface AttackReport {
  readonly runtime: SandboxRuntime;
  readonly arch: LauncherArch;
  readonly kernel: string;
  readonly attacks: readonly AttackResult[];
  readonly escapes: number;
  readonly unreported: number;
  readonly failedControls: number;
}

const madeOf: Readonly<Record<string, string>> = {
  nodejs: 'Node.js',
  wasm: 'Node.js',
  jvm: 'JVM',
  python: 'Python',
};

/** Throws `sandbox.unavailable` where the build made none. */
export function runtimeFolder({ runtimes }: Pick<AttackFiles, 'runtimes'>, runtime: SandboxRuntime): string {
  const folder = runtimes[runtime];
  if (folder !== undefined) return folder;
  throw new AbhayaError('sandbox.unavailable', `the ${madeOf[runtime] ?? runtime} of phones is not built`);
}
