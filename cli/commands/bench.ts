// `abhaya bench sandbox`: sandboxes measured beside other ways to start a program; by the lab host, where one runs, which
// keeps the figures, else by ourselves.

import { writeFile } from 'node:fs/promises';
import { AbhayaError, isErrorCode, silentLogger, sleep } from '#base';
import type { LabClient } from '#lab/client';
import { readRunningHost } from '#lab/home';
import { benchCsv, measureHere, resultOf } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import {
  LOCAL_PLACE,
  type SandboxBenchAsk,
  type SandboxBenchPart,
  type SandboxResult,
  type SandboxRunView,
} from '#schemas';
import { benchText } from '../bench-text.ts';
import type { CommandContext } from '../context.ts';

export interface BenchOptions {
  readonly runtime?: readonly string[];
  readonly part?: readonly SandboxBenchPart[];
  readonly phone?: readonly string[];
  readonly rounds: number;
  readonly csv?: string;
}

type Document = SandboxResult & { readonly runId?: string };

const POLL_MS = 1_000;

export async function benchSandbox(context: CommandContext, options: BenchOptions): Promise<void> {
  const ask: SandboxBenchAsk = {
    rounds: options.rounds,
    ...(options.runtime ? { runtimes: [...options.runtime] } : {}),
    ...(options.part ? { parts: [...options.part] } : {}),
  };
  const byHost = options.phone !== undefined || (await readRunningHost(context.home)) !== undefined;
  const document: Document = byHost
    ? await measureByHost(context, ask, options.phone ?? [LOCAL_PLACE])
    : await measureAlone(context, ask);
  if (options.csv) await writeNew(options.csv, benchCsv(document));
  context.printer.result(document, () => benchText(document));
}

async function measureAlone({ printer, signal }: CommandContext, ask: SandboxBenchAsk): Promise<Document> {
  const say = twentieths((text) => printer.progress(text));
  const measured = await measureHere({
    ...{ toolchain: loadToolchain(), ask, logger: silentLogger, signal },
    onProgress: (progress) => say(LOCAL_PLACE, progress),
  });
  return resultOf(ask.rounds, [{ place: LOCAL_PLACE, measured }]);
}

async function measureByHost(
  context: CommandContext,
  ask: SandboxBenchAsk,
  places: readonly string[],
): Promise<Document> {
  const client = await context.connect();
  const started = await client.sandbox.start({ places: [...new Set(places)], ...ask });
  const run = await follow(client, started, context);
  if (run.state === 'cancelled') throw new AbhayaError('cancelled', 'the measurement was cancelled');
  if (run.state !== 'done') {
    const { code = '', message = 'nothing could be measured' } = run.problem ?? {};
    throw new AbhayaError(isErrorCode(code) ? code : 'sandbox.unavailable', message);
  }
  return { runId: run.runId, ...(await client.sandbox.run(run.runId)).result };
}

/** By events, and by asking now and then in case one was lost. Ctrl-C cancels it. */
async function follow(
  client: LabClient,
  started: SandboxRunView,
  { printer, signal }: CommandContext,
): Promise<SandboxRunView> {
  const { runId } = started;
  const say = twentieths((text) => printer.progress(text));
  const ended = Promise.withResolvers<SandboxRunView>();
  const stream = await client.events((event) => {
    if (event.event !== 'sandbox-run' || event.run.runId !== runId) return;
    if (event.run.progress) say(event.run.progress.place, event.run.progress);
    if (event.run.state !== 'running') ended.resolve(event.run);
  });
  const onAbort = () => void client.sandbox.cancel(runId).then(ended.resolve, ended.reject);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    for (;;) {
      const run = await Promise.race([ended.promise, sleep(POLL_MS)]);
      if (run) return run;
      const now = (await client.sandbox.run(runId)).run;
      if (now.state !== 'running') return now;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
}

/** Five per cent at a time: elsewhere than on a terminal every step would be a line. */
function twentieths(print: (text: string) => void) {
  return (place: string, { done, total }: { done: number; total: number }): void =>
    print(`${place}: ${Math.floor((20 * done) / total) * 5} %`);
}

/** Throws `conflict` where the file is there already. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AbhayaError('conflict', `${file} is there already`, { cause });
  }
}
