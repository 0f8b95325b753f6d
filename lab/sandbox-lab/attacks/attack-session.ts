// One runtime under attack: a launcher, attempts one after the other, each beside its control. Owns the launcher's process
// and a temporary folder; whoever opens a session closes it.

import { AbhayaError, poll, throwIfAborted, withTimeout } from '#base';
import { LauncherTester } from '../launcher/launcher-tester.ts';
import { answerableFor, orphansAt } from '../launcher/processes.ts';
import type {
  AttackFiles,
  AttackResult,
  AttackRow,
  AttackSuite,
  LauncherArch,
  Listener,
} from './attack-suite.ts';
import { JobFolder } from './job-folder.ts';
import { judge, type Seen } from './judge.ts';
import { runControl } from './run-control.ts';

// None of these decides how an attempt ends: a busy machine emulates another one many times slower than a quiet one.
const HELLO_MS = 300_000;
/** Where the row doesn't say. Tens of thousands of answers, or a full heap, take a machine in emulation long. */
const ATTEMPT_MS = 120_000;
/** Besides its deadline a run gets this long to start, and to be reported: longer than the launcher gives a start. */
const REPORT_MS = 180_000;
const GONE_MS = 30_000;
const OUTPUT_MAX = 4_096;

export interface SessionOptions {
  readonly files: AttackFiles;
  /** Each attempt in a process that was there before it. */
  readonly warm?: boolean;
  /** How the launcher sees calls; absent: as it finds best on this kernel. */
  readonly listener?: Listener | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class AttackSession {
  readonly arch: LauncherArch;
  readonly kernel: string;
  readonly rows: readonly AttackRow[];
  readonly #suite: AttackSuite;
  readonly #options: SessionOptions;
  readonly #launcher: LauncherTester;
  readonly #folder: JobFolder;
  /** Orphans that were there first. */
  readonly #before: ReadonlySet<number>;
  #died = false;

  private constructor(
    suite: AttackSuite,
    options: SessionOptions,
    parts: {
      launcher: LauncherTester;
      folder: JobFolder;
      before: ReadonlySet<number>;
      arch: string;
      kernel: string;
    },
  ) {
    this.#suite = suite;
    this.#options = options;
    this.#launcher = parts.launcher;
    this.#folder = parts.folder;
    this.#before = parts.before;
    this.arch = parts.arch as LauncherArch;
    this.kernel = parts.kernel;
    this.rows = suite.rows(this.arch);
    void parts.launcher.exited.then(() => {
      this.#died = true;
    });
  }

  /** Throws `sandbox.unavailable` where the launcher doesn't offer the runtime, with its own words for it. */
  static async open(suite: AttackSuite, options: SessionOptions): Promise<AttackSession> {
    throwIfAborted(options.signal);
    const { program, arguments: args } = suite.launcher(options.files);
    const { listener } = options;
    const before = orphansAt(runtimeFolders(options.files));
    const launcher = new LauncherTester(program, [...args, ...(listener ? ['--listener', listener] : [])]);
    try {
      const died = launcher.exited.then((how): never => {
        throw new AbhayaError('sandbox.unavailable', `${program} ended (${how})`);
      });
      const hello = await orAborted(
        withTimeout(Promise.race([launcher.hello, died]), HELLO_MS, 'the launcher’s hello'),
        options.signal,
      );
      if (!hello.runtimes.includes(suite.runtime))
        throw new AbhayaError(
          'sandbox.unavailable',
          `this machine does not offer ${suite.runtime}: ${hello.message || hello.lacks[suite.runtime] || 'it was not asked for'}`,
        );
      // What was not asked for proves nothing of what was.
      if (listener && !hello.layers.includes(`seccomp-${listener}`))
        throw new AbhayaError('sandbox.unavailable', `${program} does not ${listener} calls`);
      const { arch, kernel } = hello;
      return new AttackSession(suite, options, {
        launcher,
        folder: await JobFolder.open(),
        before,
        arch,
        kernel,
      });
    } catch (error) {
      launcher.kill();
      throw error;
    }
  }

  /** The attempt inside and outside. Throws only `cancelled`, and `host.setup` where a control can't be run. */
  async run(row: AttackRow): Promise<AttackResult> {
    const { files, signal } = this.#options;
    const start = performance.now();
    const seen = await this.#inside(row);
    const { input = row.attempt } = this.#suite.inside(row.attempt, files);
    const { inputPath } = await this.#folder.job({ runtime: this.#suite.runtime, program: '' }, input);
    const endless = [row.control].flat().includes('endless');
    const command = this.#suite.outside(row.attempt, files);
    const ending = await runControl(command, { inputPath, endless, signal });
    return { ...judge(row, seen, ending), ms: Math.round(performance.now() - start) };
  }

  /** The launcher has ended by itself: what is run now can't be judged. */
  get died(): boolean {
    return this.#died;
  }

  async #inside(row: AttackRow): Promise<Seen> {
    throwIfAborted(this.#options.signal);
    const died = this.#launcher.exited.then(() => undefined);
    const before = this.#launcher.descriptors();
    const { program, input = row.attempt } = this.#suite.inside(row.attempt, this.#options.files);
    const { wallMs = ATTEMPT_MS, cpuMs = ATTEMPT_MS, memoryBytes, maxOutputBytes } = row;
    const job = await this.#folder.job(
      {
        runtime: this.#suite.runtime,
        program,
        ...{ wallMs, cpuMs },
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
      },
      input,
    );
    const spare = this.#options.warm ? this.#launcher.warm(job.memoryBytes, job.runtime) : undefined;
    await (spare && Promise.race([spare.ready, spare.report, died]));
    const run = Promise.race([this.#launcher.start(job, spare?.number).report, died]);
    const report = await orAborted(
      withTimeout(run, wallMs + REPORT_MS, row.attempt).catch(() => undefined),
      this.#options.signal,
    );
    const left = await this.#leftovers(before, program);
    // It has a report of its own only where it did not take the program.
    if (spare && (await Promise.race([spare.report, Promise.resolve()]))) left.push('a process that waited');
    return { report, output: await this.#folder.take(job, OUTPUT_MAX), left };
  }

  /** Processes and descriptors that the last run left. The kernel may need a moment to take a process away. */
  async #leftovers(before: number, program: string): Promise<string[]> {
    const paths = [program, ...runtimeFolders(this.#options.files)];
    const look = (): string[] => {
      const processes = answerableFor(this.#launcher.pid, paths, this.#before).length;
      if (this.#died) return ['a dead launcher', ...(processes > 0 ? [`${processes} processes`] : [])];
      const descriptors = this.#launcher.descriptors() - before;
      return [
        ...(processes > 0 ? [`${processes} processes`] : []),
        ...(descriptors === 0 ? [] : [`${descriptors} descriptors`]),
      ];
    };
    const options = { everyMs: 20, timeoutMs: GONE_MS, what: 'the end of a run' };
    try {
      await poll(() => (look().length === 0 ? true : undefined), options);
      return [];
    } catch {
      return look();
    }
  }

  /** Ends the launcher as a supervisor does. Answers how it ended; 0 is right. */
  async close(): Promise<number | string> {
    try {
      return await withTimeout(this.#launcher.close(), GONE_MS, 'the launcher’s end');
    } catch {
      this.#launcher.kill();
      return this.#launcher.exited;
    } finally {
      await this.#folder.close();
    }
  }
}

const runtimeFolders = ({ runtimes }: AttackFiles): string[] =>
  Object.values(runtimes).filter((path) => path !== undefined);

async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(new AbhayaError('cancelled', 'cancelled', { cause: signal.reason }));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
