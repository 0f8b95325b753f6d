// Measures a device's sandbox: two sandboxes are opened for it, one that starts every service anew and one that keeps a
// process of each runtime ready, and peers beside. Owns what it opens and the files that it makes.

import { mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import type { Sandbox } from '#agent/sandbox';
import { AbhayaError, Scope, throwIfAborted, toErrorShape } from '#base';
import {
  type SandboxBenchAsk,
  type SandboxBenchPart,
  type SandboxBenchProgress,
  type SandboxMeasured,
  sandboxBenchParts,
} from '#schemas';
import { type BenchJobs, type BenchRun, createBenchJobs } from './bench-jobs.ts';
import { type Clock, startClock } from './clock.ts';
import { createSeriesBook, type SeriesBook } from './core/series-book.ts';
import { endSteps, measureEnds } from './measure-ends.ts';
import { measureMemory, memorySteps } from './measure-memory.ts';
import { measureOverhead, overheadSteps } from './measure-overhead.ts';
import { measurePipes, pipeSteps, writeEchoInput } from './measure-pipes.ts';
import { measureStarts, type StartPeer, startSteps } from './measure-starts.ts';
import { type ProbeService, probeServices } from './probe-services.ts';

/** A program that gives its input back, started by other means; timed from the fork by the probe's clock. */
export interface PeerCommand {
  readonly name: string;
  /** In whose table it stands. */
  readonly runtime: string;
  readonly command: readonly [string, ...string[]];
}

export interface MeasureOptions {
  readonly ask: SandboxBenchAsk;
  /** A sandbox of this device that keeps as many processes of each runtime ready. */
  readonly open: (spares: number, signal: AbortSignal | undefined) => Promise<Sandbox>;
  /** Absolute path of sandbox-probe. */
  readonly probe: string;
  readonly peers?: readonly PeerCommand[];
  /** Where a folder for inputs and outputs is made. */
  readonly tmp: string;
  /** Why peers that one might look for are not measured. */
  readonly notes?: readonly string[];
  /** Why runtimes are not even asked for, by name. */
  readonly lacks?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: SandboxBenchProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What the parts of a measurement share. */
export interface Bench {
  readonly cold: Sandbox;
  readonly warm: Sandbox;
  readonly services: readonly ProbeService[];
  readonly rounds: number;
  readonly book: SeriesBook;
  /** The slowest cold start of each runtime so far. */
  readonly coldMs: Map<string, number>;
  readonly signal: AbortSignal | undefined;
  readonly waiting: { signal?: AbortSignal };
  step(what: string): void;
  note(sentence: string): void;
  run(sandbox: Sandbox, runtime: string, input: InputName, how?: RunHow): Promise<BenchRun>;
}

type InputName = 'trivial' | 'forbidden' | 'echo' | 'compute';
type RunHow = Pick<Parameters<BenchJobs['run']>[0], 'memoryBytes' | 'maxOutputBytes' | 'look'>;

/** Long measurements say enough with fewer rounds. */
const PIPE_ROUNDS_MAX = 10;
const MEMORY_ROUNDS_MAX = 3;
const COMPUTE_ROUNDS_MAX = 25;
const ECHO_MARK = 'e';

/** Throws `sandbox.unavailable` where nothing can be measured, `cancelled`, `input.invalid` for runtimes not offered. */
export async function measureSandbox(options: MeasureOptions): Promise<SandboxMeasured> {
  throwIfAborted(options.signal);
  const scope = new Scope('sandbox bench');
  try {
    return await measure(options, scope);
  } finally {
    await scope.close();
  }
}

async function measure(options: MeasureOptions, scope: Scope): Promise<SandboxMeasured> {
  const { ask, probe, signal } = options;
  const folder = await mkdtemp(join(options.tmp, 'sandbox-bench-'));
  scope.add(() => rm(folder, { recursive: true, force: true }));
  const cold = scope.own(await options.open(0, signal), (it) => it.close());
  const warm = scope.own(await options.open(1, signal), (it) => it.close());
  const { runtimes, layers, unavailable } = cold.capabilities;
  if (unavailable !== undefined) throw new AbhayaError('sandbox.unavailable', unavailable);
  const missing = ask.runtimes?.find((name) => !(runtimes as readonly string[]).includes(name));
  if (missing) throw new AbhayaError('input.invalid', `${missing} is not offered on this device`);

  const notes = [...(options.notes ?? [])];
  const wanted = runtimes.filter((name) => ask.runtimes?.includes(name) ?? true);
  const services = wanted.flatMap((name) => probeServices[name] ?? []);
  for (const name of wanted) if (!probeServices[name]) notes.push(`${name}: there is no probe for it yet`);
  const files = await layOut(createBenchJobs(folder, signal), probe, services);
  const parts = new Set<SandboxBenchPart>(ask.parts ?? sandboxBenchParts);
  const plan = planOf(ask.rounds, parts, services, options.peers ?? []);
  let done = 0;

  const bench: Bench = {
    ...{ cold, warm, services, rounds: ask.rounds, signal },
    book: createSeriesBook(),
    coldMs: new Map(),
    waiting: signal ? { signal } : {},
    step(what) {
      throwIfAborted(signal);
      options.onProgress?.({ done: Math.min(done, plan.total), total: plan.total, what });
      done += 1;
    },
    note: (sentence) => notes.push(sentence),
    run: (sandbox, runtime, input, how = {}) =>
      files.jobs.run({
        sandbox,
        runtime,
        program: files.program(runtime),
        input: files.input(runtime, input),
        ...how,
      }),
  };
  const clock = (
    name: string,
    input: InputName,
    more: Partial<Parameters<typeof startClock>[0]> = {},
  ): Clock =>
    scope.own(
      startClock({ name, probe, command: [probe], input: files.input('native', input), ...more }),
      (it) => it.close(),
    );
  const plainAnd = (input: InputName): Clock[] => {
    const output = { output: join(folder, 'clock.out') };
    return [clock('plain', input, output), clock('filter', input, { ...output, filter: true })];
  };
  const native = services.some(({ runtime }) => runtime === 'native');

  if (parts.has('start')) {
    const peers = (options.peers ?? [])
      .filter(({ runtime }) => services.some((it) => it.runtime === runtime))
      .map(({ name, runtime, command }) => ({ runtime, clock: clock(name, 'trivial', { command }) }));
    await measureStarts(bench, await thoseThatRun(bench, peers));
  }
  if (parts.has('denial')) await measureEnds(bench);
  if (parts.has('pipe')) await measurePipes(bench, plan.pipe, native ? plainAnd('echo') : []);
  if (parts.has('memory')) await measureMemory(bench, plan.memory);
  if (parts.has('overhead') && native) await measureOverhead(bench, plan.compute, plainAnd('compute'));
  options.onProgress?.({ done: plan.total, total: plan.total, what: 'done' });

  return {
    ...{
      arch: arch(),
      kernel: release(),
      cpu: (cpus()[0]?.model ?? '').slice(0, 128),
      cores: cpus().length || 1,
    },
    ...{
      runtimes: [...runtimes],
      layers: [...layers],
      lacks: { ...options.lacks, ...cold.capabilities.lacks },
      series: bench.book.list(),
      notes,
    },
  };
}

function planOf(
  rounds: number,
  parts: ReadonlySet<SandboxBenchPart>,
  services: readonly ProbeService[],
  peers: readonly PeerCommand[],
) {
  const pipe = Math.min(rounds, PIPE_ROUNDS_MAX);
  const memory = Math.min(rounds, MEMORY_ROUNDS_MAX);
  const compute = Math.min(rounds, COMPUTE_ROUNDS_MAX);
  const steps = {
    start: startSteps(rounds, services.length + services.filter(({ waits }) => waits).length + peers.length),
    denial: services.filter(({ forbidden }) => forbidden).length * endSteps(rounds),
    pipe: pipeSteps(pipe, services.length + 2),
    memory: services.length * memorySteps(memory),
    overhead: overheadSteps(compute, 2),
  };
  const total = [...parts].reduce((sum, part) => sum + steps[part], 0);
  return { pipe, memory, compute, total: Math.max(1, total) };
}

/** Another sandbox may be here and not be allowed to work: that is no reason to measure nothing. */
async function thoseThatRun(bench: Bench, peers: readonly StartPeer[]): Promise<StartPeer[]> {
  const good: StartPeer[] = [];
  for (const peer of peers) {
    try {
      await peer.clock.run(bench.signal);
      good.push(peer);
    } catch (error) {
      throwIfAborted(bench.signal);
      bench.note(`${peer.clock.name} does not work here: not measured (${toErrorShape(error).message})`);
    }
  }
  return good;
}

/** Programs and inputs of every service, as files; inputs of an echo only where one is measured. */
async function layOut(jobs: BenchJobs, probe: string, services: readonly ProbeService[]) {
  const programs = new Map<string, string>();
  const inputs = new Map<string, string>();
  const put = (runtime: string, name: InputName, path: string) => inputs.set(`${runtime}|${name}`, path);
  for (const service of services) {
    const { runtime, trivial, forbidden, compute } = service;
    programs.set(
      runtime,
      service.code === undefined
        ? join(dirname(probe), service.file)
        : await jobs.file(service.file, service.code),
    );
    for (const [name, text] of Object.entries({ trivial, forbidden, compute }))
      if (text !== undefined) put(runtime, name as InputName, await jobs.file(`${runtime}-${name}.in`, text));
    const echo = join(jobs.folder, `${runtime}-echo.in`);
    await writeEchoInput(echo, service.echoBytes, ECHO_MARK);
    put(runtime, 'echo', echo);
  }
  const find = (map: Map<string, string>, key: string): string => {
    const path = map.get(key);
    if (path === undefined) throw new Error(`no file for ${key}`);
    return path;
  };
  return {
    jobs,
    program: (runtime: string) => find(programs, runtime),
    input: (runtime: string, name: InputName) => find(inputs, `${runtime}|${name}`),
  };
}
