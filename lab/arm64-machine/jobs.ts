// Jobs for the machine: a boot, the jobs, and what each printed, checked against the schema. One boot for all of them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { AbhayaError } from '#base';
import { jsonParserOf } from '#schemas';
import { type CpioEntry, file } from './cpio.ts';
import { initialRoot } from './initial-root.ts';
import { startMachine } from './machine.ts';
import type { MachineFiles } from './machine-files.ts';
import type { Patience } from './watchdog.ts';

export interface MachineJob {
  readonly name: string;
  /** Absolute in the guest. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly folder?: string;
}

export interface JobEnd {
  readonly lines: readonly string[];
  readonly code: number | null;
  readonly signal: string | null;
  /** The last of what it said on stderr. */
  readonly words: string;
  readonly ms: number;
}

const Name = Type.String({ maxLength: 100 });
const closed = { additionalProperties: false };
const Line = Type.Union([
  Type.Object({ kind: Type.Literal('line'), job: Name, line: Type.String() }, closed),
  Type.Object(
    {
      kind: Type.Literal('end'),
      job: Name,
      code: Type.Union([Type.Integer(), Type.Null()]),
      signal: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
      words: Type.String({ maxLength: 4_000 }),
      ms: Type.Number({ minimum: 0 }),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('done'), uptime: Type.Number({ minimum: 0 }) }, closed),
]);
const parseLine = jsonParserOf(Line, 'a line of the arm64 machine', { maxBytes: 1024 * 1024 });

export interface JobsOptions {
  readonly files: MachineFiles;
  /** Run beside each other; the jobs of a lane one after the other. Names are unique. */
  readonly lanes: readonly (readonly MachineJob[])[];
  /** What the jobs need, beside the machine's own root. */
  readonly own: readonly CpioEntry[];
  readonly memoryMb: number;
  readonly patience?: Patience | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A line as a job has printed it; what is thrown here ends the machine. */
  readonly onLine?: (job: string, line: string) => void;
  readonly onEnd?: (job: string, end: JobEnd) => void;
}

/**
 * Every job's end, by name, and how long the machine was up, in seconds. Throws what `startMachine` and `ended` throw, and
 * `wire.malformed` where the machine went off before all jobs had ended.
 */
export async function runJobs(
  options: JobsOptions,
): Promise<{ readonly ends: ReadonlyMap<string, JobEnd>; readonly uptime: number }> {
  const { files, lanes } = options;
  const ends = new Map<string, JobEnd>();
  const printed = new Map<string, string[]>(lanes.flat().map(({ name }) => [name, []]));
  let uptime: number | undefined;
  const onLine = (text: string) => {
    const line = parseLine(text);
    if (line.kind === 'done') {
      uptime = line.uptime;
      return;
    }
    const lines = printed.get(line.job);
    if (lines === undefined || ends.has(line.job))
      throw new AbhayaError('wire.malformed', `the machine speaks of ${line.job}, which does not run`);
    if (line.kind === 'line') {
      lines.push(line.line);
      options.onLine?.(line.job, line.line);
      return;
    }
    const { code, signal, words, ms } = line;
    ends.set(line.job, { lines, code, signal, words, ms });
    options.onEnd?.(line.job, { lines, code, signal, words, ms });
  };
  const runner = readFileSync(join(import.meta.dirname, 'inside/run-jobs.ts'));
  const machine = await startMachine({
    files,
    root: initialRoot(
      files,
      [`${files.runtimeRoot}/bin/node`, ...quiet, '/machine/run-jobs.ts'],
      [file('machine/run-jobs.ts', runner), file('machine/jobs.json', JSON.stringify(lanes)), ...options.own],
    ),
    memoryMb: options.memoryMb,
    processors: 2,
    onLine,
    patience: options.patience,
    signal: options.signal,
  });
  const { console } = await machine.ended;
  const silent = [...printed.keys()].filter((name) => !ends.has(name));
  if (uptime === undefined || silent.length > 0)
    throw new AbhayaError('device.lost', `the machine went off before ${silent.join(', ') || 'its end'}`, {
      details: { console },
    });
  return { ends, uptime };
}

// Node says that it can leave types out.
const quiet = ['--disable-warning=ExperimentalWarning'];
