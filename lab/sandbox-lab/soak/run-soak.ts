// Many runs through one supervisor and one launcher, services and hostile ones: every report must be right, and nothing may
// be left or grow. Owns the sandbox that it opens and the files that it makes.

import { readdirSync, readFileSync } from 'node:fs';
import type { Sandbox } from '#agent/sandbox';
import { poll, seededRandom, silentLogger, throwIfAborted } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { findAttackFiles } from '../attacks/attack-files.ts';
import type { LauncherArch } from '../attacks/attack-suite.ts';
import { JobFolder } from '../attacks/job-folder.ts';
import { differences } from '../attacks/judge.ts';
import { openSandboxHere } from '../bench/sandbox-here.ts';
import { type Growth, growthOf } from './growth.ts';
import { type SoakJob, soakMemoryBytes, soakMix } from './soak-mix.ts';

export interface SoakResult {
  readonly runs: number;
  readonly hostile: number;
  readonly seconds: number;
  readonly byRuntime: Readonly<Record<string, number>>;
  readonly byReason: Readonly<Record<string, number>>;
  /** Reports that were not as they must be, in words; the first of them. */
  readonly wrong: readonly string[];
  readonly wrongCount: number;
  /** More than at the start, once all has ended. */
  readonly processesLeft: number;
  readonly descriptorsLeft: { readonly launcher: number; readonly supervisor: number };
  readonly launcher: Growth;
  readonly supervisor: Growth;
}

export interface SoakOptions {
  readonly toolchain: Toolchain;
  readonly runs: number;
  readonly seed?: number;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Parts {
  readonly launcher: number;
  readonly supervisor: number;
}

const AT_ONCE = 4;
const HOSTILE_EACH = 10;
const SAMPLES = 50;
const WORDS_MOST = 20;
const OUTPUT_MOST = 4_096;
const QUIET_MS = 60_000;
const architectures: Readonly<Record<string, LauncherArch>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Throws what opening the sandbox throws, `cancelled`, and `timeout` where it does not come to rest. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { toolchain, runs, signal } = options;
  const folder = await JobFolder.open();
  const { sandbox } = await openSandboxHere({ toolchain, logger: silentLogger, signal }, 1);
  try {
    const { runtimes } = sandbox.capabilities;
    // A program in Go starts cold.
    const waiting = runtimes.filter((runtime) => runtime !== 'go').length;
    const files = findAttackFiles(toolchain);
    const arch = architectures[process.arch] ?? 'x86_64';
    const mix = await soakMix(runtimes, files, arch, folder.path);
    const parts = partsOf(process.pid);
    const book = new SoakBook();
    await atRest(parts, waiting);
    const before = { launcher: descriptors(parts.launcher), supervisor: descriptors(parts.supervisor) };
    const random = seededRandom(options.seed ?? 4);
    const pick = (jobs: readonly SoakJob[]): SoakJob =>
      jobs[Math.floor(random.float() * jobs.length)] as SoakJob;
    let next = 0;
    const line = async () => {
      for (let run = next++; run < runs; run = next++) {
        throwIfAborted(signal);
        await one(sandbox, folder, pick(run % HOSTILE_EACH === 0 ? mix.hostile : mix.services), book);
        if (run % Math.max(1, Math.floor(runs / SAMPLES)) === 0) book.sample(parts);
        options.onProgress?.(book.done);
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    const seconds = Math.round((performance.now() - start) / 1000);
    const processesLeft = await atRest(parts, waiting);
    return {
      ...{ runs, seconds, processesLeft },
      ...book.result(),
      descriptorsLeft: {
        launcher: descriptors(parts.launcher) - before.launcher,
        supervisor: descriptors(parts.supervisor) - before.supervisor,
      },
    };
  } finally {
    await sandbox.close();
    await folder.close();
  }
}

async function one(sandbox: Sandbox, folder: JobFolder, job: SoakJob, book: SoakBook): Promise<void> {
  const { runtime, program, input, row } = job;
  const { wallMs, cpuMs, memoryBytes = soakMemoryBytes, maxOutputBytes } = row;
  const asked = await folder.job(
    {
      ...{ runtime, program, memoryBytes },
      ...(wallMs === undefined ? {} : { wallMs }),
      ...(cpuMs === undefined ? {} : { cpuMs }),
      ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
    },
    input,
  );
  const report = await sandbox.run(asked);
  const output = await folder.take(asked, OUTPUT_MOST);
  // Whether a full heap is found by the runtime, which aborts, or by the monitor, is a race.
  const { signal, ...rest } = report;
  const judged = row.reason === 'out-of-memory' || signal === undefined ? rest : report;
  book.add(job, report.reason, differences(row, { report: judged, output, left: [] }));
}

class SoakBook {
  done = 0;
  #hostile = 0;
  #wrongCount = 0;
  readonly #wrong: string[] = [];
  readonly #byRuntime: Record<string, number> = {};
  readonly #byReason: Record<string, number> = {};
  readonly #memory = { launcher: [] as [number, number][], supervisor: [] as [number, number][] };

  add({ runtime, row, hostile }: SoakJob, reason: string, wrong: readonly string[]): void {
    this.done += 1;
    if (hostile) this.#hostile += 1;
    this.#byRuntime[runtime] = (this.#byRuntime[runtime] ?? 0) + 1;
    this.#byReason[reason] = (this.#byReason[reason] ?? 0) + 1;
    if (wrong.length === 0) return;
    this.#wrongCount += 1;
    if (this.#wrong.length < WORDS_MOST) this.#wrong.push(`${runtime} ${row.attempt}: ${wrong.join('; ')}`);
  }

  sample(parts: Parts): void {
    this.#memory.launcher.push([this.done, residentBytes(parts.launcher)]);
    this.#memory.supervisor.push([this.done, residentBytes(parts.supervisor)]);
  }

  result() {
    return {
      ...{ hostile: this.#hostile, byRuntime: this.#byRuntime, byReason: this.#byReason },
      ...{ wrong: this.#wrong, wrongCount: this.#wrongCount },
      launcher: growthOf(this.#memory.launcher),
      supervisor: growthOf(this.#memory.supervisor),
    };
  }
}

// --- what the kernel says ---

const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

/** The sandbox that was opened last is the only one of this process. */
function partsOf(owner: number): Parts {
  for (const supervisor of childrenOf(owner))
    for (const launcher of childrenOf(supervisor))
      if (nameOf(launcher) === 'abhaya-launcher') return { launcher, supervisor };
  throw new Error('the sandbox has no launcher');
}

/** Waits for the processes that wait, and for nothing else; answers how many are there that should not be. */
async function atRest({ launcher }: Parts, waiting: number): Promise<number> {
  const left = () => childrenOf(launcher).length - waiting;
  let quiet = 0;
  const settled = () => {
    quiet = left() === 0 ? quiet + 1 : 0;
    return quiet > 3 ? true : undefined;
  };
  await poll(settled, { everyMs: 100, timeoutMs: QUIET_MS, what: 'rest' }).catch(() => undefined);
  return left();
}
