// Cold start of a service that does nothing: plain fork+exec, our launcher, the whole chain through the supervisor,
// unshare and bubblewrap, interleaved in one run; and one in JavaScript that answers its one byte, cold, from a process
// that was started ahead, and as plain Node.js. From asking to the report: the first byte of output is there before.
// `npm run bench sandbox [-- rounds]`; ROUNDS in the environment.
// The launcher and the chain are timed by their client (from asking to the report, files opened and pumped included);
// the others by a small C program from fork to wait.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox } from '#agent/sandbox';
import { silentLogger, sleep } from '#base';
import {
  buildC,
  nodejsFolder,
  projectRoot,
  supervisorCommand,
  testLimits,
  Workspace,
} from '../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../lab/sandbox-lab/launcher/launcher-tester.ts';

interface Starter {
  readonly name: string;
  /** Milliseconds of one start. */
  start(): Promise<number>;
  close(): Promise<void>;
}

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

async function timed(run: () => Promise<{ reason: string; message?: string }>): Promise<number> {
  const start = performance.now();
  const { reason, message } = await run();
  const ms = performance.now() - start;
  if (reason !== 'completed') throw new Error(`the service ended as ${reason} ${message ?? ''}`);
  return ms;
}

function clocked(name: string, clock: string, command: readonly string[]): Starter {
  const child = spawn(clock, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    name,
    async start() {
      child.stdin.write('.');
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} failed`);
      return Number(value) / 1e6;
    },
    async close() {
      child.stdin.end();
    },
  };
}

async function launcherStarter(path: string, program: string, workspace: Workspace): Promise<Starter> {
  const launcher = new LauncherTester(path);
  await launcher.hello;
  return {
    name: 'launcher',
    start: async () => {
      const job = await workspace.job(program, '');
      return timed(() => launcher.run(job));
    },
    close: async () => void (await launcher.close()),
  };
}

async function chainStarter(launcherPath: string, program: string, workspace: Workspace): Promise<Starter> {
  const command = await supervisorCommand();
  const started = performance.now();
  const sandbox = await startSandbox({ command, launcherPath, limits: testLimits, logger: silentLogger });
  notes['supervisor start to hello, ms'] = performance.now() - started;
  return {
    name: 'client, supervisor, launcher',
    start: async () => {
      const job = await workspace.job(program, '');
      return timed(() => sandbox.run(job));
    },
    async close() {
      const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
      for (const pid of children.trim().split(' ')) {
        if (!(await readFile(`/proc/${pid}/comm`, 'utf8')).startsWith('java')) continue;
        const smaps = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
        notes['supervisor memory after the run (PSS), MB'] = Number(/^Pss:\s+(\d+)/m.exec(smaps)?.[1]) / 1024;
      }
      await sandbox.close();
    },
  };
}

/** JavaScript through the chain. Warm: a pause lets the supervisor have its next process ready, and is not counted. */
async function scriptStarter(
  launcherPath: string,
  program: string,
  workspace: Workspace,
  spares: number,
): Promise<Starter> {
  const nodejs = { folder: nodejsFolder(), spares };
  const options = { launcherPath, nodejs, limits: testLimits, logger: silentLogger };
  const sandbox = await startSandbox({ ...options, command: await supervisorCommand() });
  return {
    name: spares > 0 ? 'JavaScript, chain, warm' : 'JavaScript, chain, cold',
    start: async () => {
      const job = await workspace.job(program, '.', { runtime: 'nodejs' });
      if (spares > 0) await sleep(WARMING_MS);
      return timed(() => sandbox.run(job));
    },
    close: () => sandbox.close(),
  };
}

/** The same by the launcher alone, which says when a process is ready. */
async function warmLauncherStarter(path: string, program: string, workspace: Workspace): Promise<Starter> {
  const launcher = new LauncherTester(path, ['--nodejs', nodejsFolder()]);
  await launcher.hello;
  return {
    name: 'JavaScript, launcher, warm',
    start: async () => {
      const job = await workspace.job(program, '.', { runtime: 'nodejs' });
      const spare = launcher.warm(job.memoryBytes);
      await spare.ready;
      return timed(() => launcher.start(job, spare.number).report);
    },
    close: async () => void (await launcher.close()),
  };
}

const WARMING_MS = 250;
const notes: Record<string, number> = {};

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

async function main(): Promise<void> {
  const rounds = Number(process.env.ROUNDS ?? 300);
  const workspace = await Workspace.open();
  const launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  const program = join(await buildC('services/noop'), 'noop');
  const clock = join(workspace.folder, 'spawn-clock');
  execFileSync('cc', ['-O2', '-o', clock, join(projectRoot, 'bench/spawn-clock.c')]);
  const script = join(workspace.folder, 'same.js');
  await writeFile(script, 'module.exports = (input) => input;');
  const plainScript = join(workspace.folder, 'plain.js');
  await writeFile(plainScript, '');
  const bwrap = onPath('bwrap');
  const unshare = onPath('unshare');
  const starters: Starter[] = [
    clocked('fork + exec', clock, [program]),
    await launcherStarter(launcherPath, program, workspace),
    await chainStarter(launcherPath, program, workspace),
    await warmLauncherStarter(launcherPath, script, workspace),
    await scriptStarter(launcherPath, script, workspace, 0),
    await scriptStarter(launcherPath, script, workspace, 1),
    clocked('plain Node.js', clock, [process.execPath, plainScript]),
  ];
  if (unshare) starters.push(clocked('unshare -Urpfmin', clock, [unshare, '-Urpfmin', program]));
  const binds = [
    '--unshare-all',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    '--ro-bind',
    dirname(program),
    '/p',
  ];
  if (bwrap) starters.push(clocked('bubblewrap', clock, [bwrap, ...binds, '/p/noop']));

  const times = new Map(starters.map(({ name }) => [name, [] as number[]]));
  for (let round = -20; round < rounds; round++) {
    for (let i = 0; i < starters.length; i++) {
      // Another one is first in each round.
      const starter = starters[(i + round + 20) % starters.length];
      const ms = await starter?.start();
      if (starter && ms !== undefined && round >= 0) times.get(starter.name)?.push(ms);
    }
  }
  for (const starter of starters) await starter.close();
  await workspace.close();

  const plain = quantile(
    [...(times.get('fork + exec') ?? [])].sort((a, b) => a - b),
    0.5,
  );
  const rows = [...times].map(([name, all]) => {
    const sorted = all.sort((a, b) => a - b);
    const medianMs = quantile(sorted, 0.5);
    return { name, medianMs, p95Ms: quantile(sorted, 0.95), timesForkExec: medianMs / plain };
  });
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    kernel: release(),
    root: process.getuid?.() === 0,
  };
  const out = process.env.ABHAYA_BENCH_OUT ?? join(projectRoot, 'bench/out/sandbox.json');
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify({ rounds, machine, rows, notes }, null, 2)}\n`);

  console.log(`Cold start of a service that does nothing; ${rounds} rounds, interleaved.\n`);
  console.log(
    `${'way'.padEnd(30)} ${'median'.padStart(9)} ${'p95'.padStart(9)} ${'x fork+exec'.padStart(12)}`,
  );
  for (const { name, medianMs, p95Ms, timesForkExec } of rows) {
    const cells = [`${medianMs.toFixed(2)} ms`.padStart(9), `${p95Ms.toFixed(2)} ms`.padStart(9)];
    console.log(`${name.padEnd(30)} ${cells.join(' ')} ${timesForkExec.toFixed(1).padStart(12)}`);
  }
  if (!bwrap) console.log('\nbubblewrap (bwrap) is not on PATH: not measured.');
  for (const [name, value] of Object.entries(notes)) console.log(`\n${name}: ${value.toFixed(1)}`);
}

await main();
