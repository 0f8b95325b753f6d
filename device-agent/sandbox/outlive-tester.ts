// For tests and benchmarks: kills a part of the sandbox by kill -9 and watches what was below it. Owns the processes that
// it starts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AbhayaError, poll, sleep } from '#base';
import type { SandboxJob } from './port.ts';
import { buildC, nodejsFolder, supervisorCommand, testLimits, Workspace } from './sandbox-tester.ts';
import type { SandboxOptions } from './start-sandbox.ts';

export const victims = ['launcher', 'supervisor', 'agent'] as const;
export type Victim = (typeof victims)[number];

export interface OutliveAsk {
  readonly sandbox: Omit<SandboxOptions, 'logger' | 'signal'>;
  readonly jobs: readonly SandboxJob[];
}

export interface Outlived {
  /** Programs that were below the victim: services, processes that wait, helpers. */
  readonly below: readonly string[];
  /** From the kill until the last of them had ended. */
  readonly ms: number;
}

interface Entry {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly state: string;
  /** In ticks since the machine started: with the number, a process's identity. */
  readonly startTime: string;
}

const SPARES = { native: 2, nodejs: 1 };
const READY_MS = 60_000;
const MOST_MS = 10_000;

/** With a native and a JavaScript service that never end, and three processes that wait. */
export async function killAndWatch(victim: Victim): Promise<Outlived> {
  const workspace = await Workspace.open();
  const owner = spawn(
    process.execPath,
    [join(import.meta.dirname, 'outlive-owner.ts'), JSON.stringify(await asked(workspace))],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  owner.stdin.on('error', () => undefined);
  const closed = once(owner, 'close');
  try {
    await Promise.race([
      once(owner.stdout, 'data'),
      closed.then(() => Promise.reject(new AbhayaError('sandbox.unavailable', 'the owner ended early'))),
    ]);
    const parts = await poll(() => partsOf(owner.pid ?? -1), {
      ...{ everyMs: 20, timeoutMs: READY_MS, what: 'services and processes that wait' },
    });
    const below = descendants(parts[victim]);
    const start = performance.now();
    process.kill(parts[victim], 'SIGKILL');
    while (below.some(isAlive)) {
      if (performance.now() - start > MOST_MS) {
        const left = below.filter(isAlive).map(({ name }) => name);
        throw new AbhayaError('timeout', `still there: ${left.join(', ')}`);
      }
      await sleep(1);
    }
    return { below: below.map(({ name }) => name), ms: performance.now() - start };
  } finally {
    owner.stdin.end();
    owner.kill('SIGKILL');
    await closed;
    await workspace.close();
  }
}

async function asked(workspace: Workspace): Promise<OutliveAsk> {
  const script = join(workspace.folder, 'spin.js');
  await writeFile(script, 'module.exports = () => { for (;;); };\n');
  const attempts = join(await buildC('android-shim/conformance'), 'attempts');
  return {
    sandbox: {
      command: await supervisorCommand(),
      launcherPath: join(await buildC('android-shim/launcher'), 'abhaya-launcher'),
      limits: testLimits,
      runtimes: {
        native: { spares: SPARES.native },
        nodejs: { folder: nodejsFolder(), spares: SPARES.nodejs },
      },
    },
    jobs: [
      await workspace.job(attempts, 'spin-for-ever'),
      await workspace.job(script, '', { runtime: 'nodejs' }),
    ],
  };
}

/** Once two services run and all the others wait. */
function partsOf(agent: number): Record<Victim, number> | undefined {
  const all = entries();
  const [supervisor] = all.filter(({ parent }) => parent === agent);
  const [launcher] = all.filter(({ parent }) => parent === supervisor?.pid);
  const children = all.filter(({ parent, state }) => parent === launcher?.pid && state !== 'Z');
  if (!supervisor || !launcher || children.length < 2 + SPARES.native + SPARES.nodejs) return undefined;
  return { agent, supervisor: supervisor.pid, launcher: launcher.pid };
}

function descendants(of: number): Entry[] {
  const all = entries();
  const found = new Map<number, Entry>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const one of all) if (one.parent === of || found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}

const entries = (): Entry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name)) ?? []);

/** The name, in brackets, may hold anything; the rest are fields from the third on (proc(5)). */
function entryOf(pid: number): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const fields = stat.slice(end + 2).split(' ');
    const [state = '', parent = ''] = fields;
    return {
      ...{ pid, name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(parent), state },
      startTime: fields[19] ?? '',
    };
  } catch {
    return undefined; // it has gone
  }
}

/** One that has ended and is not yet reaped runs nothing. */
function isAlive({ pid, startTime }: Entry): boolean {
  const now = entryOf(pid);
  return now !== undefined && now.startTime === startTime && now.state !== 'Z' && now.state !== 'X';
}
