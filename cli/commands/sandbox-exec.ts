// `abhaya sandbox exec FILE`: any program, run as a phone would run it. Stdin is its input pipe, stdout its output pipe.

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { ExitReport, SandboxRuntime } from '#agent/sandbox';
import { AbhayaError, silentLogger } from '#base';
import { execute, lookAtProgram, openLocalRuntime } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import type { CommandContext } from '../context.ts';
import { formatBytes, formatMs } from '../print.ts';
import { sandboxLimits } from '../sandbox-limits.ts';

export interface ExecCommandOptions {
  readonly runtime?: SandboxRuntime;
  readonly memory: number;
  readonly timeout: number;
  readonly maxOutput: number;
  readonly report?: string;
  readonly out?: string;
}

/** Throws `sandbox.not-completed` for every reason but `completed`; the report is written before. */
export async function sandboxExec(
  { printer, signal }: CommandContext,
  file: string,
  options: ExecCommandOptions,
): Promise<void> {
  if (printer.json && options.out === undefined)
    throw new AbhayaError(
      'input.invalid',
      'with --json stdout is the report: name a file for the output with --out',
    );
  const toolchain = loadToolchain();
  const { path, runtime: guessed } = await lookAtProgram(file);
  const runtime = options.runtime ?? guessed;
  if (runtime === undefined)
    throw new AbhayaError('input.invalid', `what runs ${file} can't be told: say it with --runtime`);
  const asked = { memoryMB: options.memory, seconds: options.timeout, outputMB: options.maxOutput };
  const limits = sandboxLimits(asked);

  const open = () => openLocalRuntime(toolchain, runtime, { limits, logger: silentLogger, signal });
  if (process.stdin.isTTY) printer.note('reading the input from the terminal; Ctrl-D ends it');
  const output = options.out === undefined ? process.stdout : createWriteStream(options.out, { flags: 'wx' });
  const report = await execute(open, {
    ...{ runtime, program: path, input: process.stdin, output, signal },
    ...{ memoryBytes: limits.maxMemoryBytes, wallMs: limits.maxWallMs },
    maxOutputBytes: options.maxOutput * 1024 * 1024,
  }).finally(async () => {
    process.stdin.destroy();
    if (output === process.stdout) return;
    output.end();
    await finished(output).catch(() => undefined);
  });
  if (options.report !== undefined)
    await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`).catch((cause: Error) => {
      throw new AbhayaError('input.invalid', `the report can't be written: ${cause.message}`, { cause });
    });
  if (printer.json) printer.result(report, () => '');
  const sentence = describeReport(report);
  if (report.reason === 'cancelled') throw new AbhayaError('cancelled', sentence);
  if (report.reason !== 'completed') throw new AbhayaError('sandbox.not-completed', sentence);
  if (options.report === undefined && !printer.json) printer.note(sentence);
}

/** One line for people. */
export function describeReport(report: ExitReport): string {
  const { reason, syscall, signal, exitCode, message } = report;
  const detail = [
    syscall,
    signal,
    exitCode === undefined || exitCode === 0 ? undefined : `exit code ${exitCode}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
  const answered = Object.values(report.errnoHits ?? {}).reduce((sum, count) => sum + count, 0);
  const figures = [
    `${formatMs(report.wallMs)}, CPU ${formatMs(report.cpuMs)}`,
    `memory ${formatBytes(report.peakMemoryBytes)}`,
    `in ${formatBytes(report.bytesIn)}`,
    `out ${formatBytes(report.bytesOut)}`,
    ...(answered > 0 ? [`${answered} calls refused with an errno`] : []),
  ];
  const head = detail ? `${reason} (${detail})` : reason;
  return `${head}: ${figures.join(', ')}${message ? `; ${message}` : ''}`;
}
