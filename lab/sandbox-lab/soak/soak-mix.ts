// What a soak runs: services of every runtime, and hostile ones, each with what must become of it. Pure, but for writing the
// scripts.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxRuntime } from '#agent/sandbox';
import type { AttackFiles, AttackRow, LauncherArch } from '../attacks/attack-suite.ts';
import { attackSuites } from '../attacks/suites.ts';

export interface SoakJob {
  readonly runtime: SandboxRuntime;
  readonly hostile: boolean;
  readonly program: string;
  readonly input: string;
  /** What must become of it. */
  readonly row: AttackRow;
}

interface Script {
  readonly runtime: SandboxRuntime;
  readonly attempt: string;
  readonly code: string;
  readonly expected: Partial<AttackRow>;
}

const MIB = 1024 ** 2;
/** How often a runtime's services come beside those of the others: as long as one start takes there, so much rarer. */
const weights: Readonly<Record<SandboxRuntime, number>> = {
  native: 12,
  go: 4,
  nodejs: 5,
  wasm: 3,
  python: 3,
  jvm: 1,
};
/** Attacks that take longer than this to be stopped would be all that a soak does. */
const WALL_MOST_MS = 1_000;

/** Runtimes whose attacks need a bootstrap that hides nothing have these instead. */
const scripts: readonly Script[] = [
  {
    runtime: 'nodejs',
    attempt: 'echo',
    code: 'module.exports = (input) => input;',
    expected: { output: 'x' },
  },
  {
    ...{ runtime: 'nodejs', attempt: 'throw', code: 'module.exports = () => { throw new Error("no"); };' },
    expected: { reason: 'failed', message: /no/ },
  },
  {
    ...{ runtime: 'nodejs', attempt: 'spin', code: 'module.exports = () => { for (;;); };' },
    expected: { reason: 'cpu-timeout', cpuMs: 60 },
  },
  {
    ...{ runtime: 'nodejs', attempt: 'flood', code: 'module.exports = () => new Uint8Array(4e6);' },
    expected: { reason: 'output-limit' },
  },
  {
    ...{ runtime: 'nodejs', attempt: 'bomb' },
    code: 'module.exports = () => { const all = []; for (;;) all.push(new Array(1e5).fill(1.5)); };',
    expected: { reason: 'out-of-memory' },
  },
  {
    ...{ runtime: 'python', attempt: 'echo', code: 'import sys\nsys.stdout.write(sys.stdin.read())\n' },
    expected: { output: 'x' },
  },
  {
    ...{ runtime: 'python', attempt: 'open', code: 'open("/etc/passwd")\n' },
    expected: { reason: 'syscall-denied', syscall: /^open(at)?$/ },
  },
  {
    ...{ runtime: 'python', attempt: 'spin', code: 'while True: pass\n' },
    expected: { reason: 'cpu-timeout', cpuMs: 60 },
  },
  {
    ...{ runtime: 'python', attempt: 'flood', code: 'import sys\nsys.stdout.write("x" * 4000000)\n' },
    expected: { reason: 'output-limit' },
  },
];

/** Services and hostile ones of the runtimes that are offered; the scripts are written into the folder. */
export async function soakMix(
  offered: readonly SandboxRuntime[],
  files: AttackFiles,
  arch: LauncherArch,
  folder: string,
): Promise<{ readonly services: readonly SoakJob[]; readonly hostile: readonly SoakJob[] }> {
  const jobs: SoakJob[] = [];
  for (const suite of attackSuites.filter(({ runtime }) => offered.includes(runtime)))
    for (const row of suite.rows(arch)) {
      // Whether this one meets its deadline or the end of the launcher's patience first depends on the machine.
      if (row.attempt === 'words-flood') continue;
      const open = suite.launcher(files).program !== files.launcher;
      // With an ordinary bootstrap only what is harmless is sure to end as its row says.
      if ((open && !(row.harmless && row.output === 'did')) || (row.wallMs ?? 0) > WALL_MOST_MS) continue;
      if (open && suite.runtime !== 'wasm') continue;
      const { program, input = row.attempt } = suite.inside(row.attempt, files);
      jobs.push({ runtime: suite.runtime, hostile: !row.harmless, program, input, row });
    }
  for (const { runtime, attempt, code, expected } of scripts.filter((it) => offered.includes(it.runtime))) {
    const program = join(folder, `${runtime}-${attempt}`);
    await writeFile(program, code);
    const row: AttackRow = { attempt, reason: 'completed', control: 'did', ...expected };
    jobs.push({ runtime, hostile: row.reason !== 'completed', program, input: 'x', row });
  }
  const services = jobs.filter(({ hostile, row }) => !hostile && row.reason === 'completed');
  return { services: weighted(services), hostile: jobs.filter(({ hostile }) => hostile) };
}

/** Each runtime as often as its weight says, however many jobs it has. */
function weighted(jobs: readonly SoakJob[]): SoakJob[] {
  const all: SoakJob[] = [];
  for (const [runtime, weight] of Object.entries(weights)) {
    const own = jobs.filter((job) => job.runtime === runtime);
    for (let i = 0; own.length > 0 && i < weight; i++) all.push(own[i % own.length] as SoakJob);
  }
  return all;
}

export const soakMemoryBytes = 64 * MIB;
