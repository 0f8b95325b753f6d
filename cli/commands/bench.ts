// `abhaya bench sandbox`: the sandbox of this machine, measured beside other ways to start a program.

import { writeFile } from 'node:fs/promises';
import { AbhayaError, silentLogger } from '#base';
import { benchCsv, measureHere, resultOf } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import type { SandboxBenchAsk, SandboxBenchPart, SandboxBenchProgress } from '#schemas';
import { benchText } from '../bench-text.ts';
import type { CommandContext } from '../context.ts';

export interface BenchOptions {
  readonly runtime?: readonly string[];
  readonly part?: readonly SandboxBenchPart[];
  readonly rounds: number;
  readonly csv?: string;
}

export async function benchSandbox(context: CommandContext, options: BenchOptions): Promise<void> {
  const { printer, signal } = context;
  const ask: SandboxBenchAsk = {
    rounds: options.rounds,
    ...(options.runtime ? { runtimes: [...options.runtime] } : {}),
    ...(options.part ? { parts: [...options.part] } : {}),
  };
  const onProgress = progressPrinter((text) => printer.progress(text));
  const measured = await measureHere({
    ...{ toolchain: loadToolchain(), ask, logger: silentLogger, onProgress, signal },
  });
  const result = resultOf(ask.rounds, [{ place: 'local', measured }]);
  if (options.csv) await writeNew(options.csv, benchCsv(result));
  printer.result(result, () => benchText(result));
}

/** Five per cent at a time: elsewhere than on a terminal every step would be a line. */
export function progressPrinter(print: (text: string) => void): (progress: SandboxBenchProgress) => void {
  let said = -1;
  return ({ done, total }) => {
    const twentieth = Math.floor((20 * done) / total);
    if (twentieth === said) return;
    said = twentieth;
    print(`measured ${twentieth * 5} %`);
  };
}

/** Throws `conflict` where the file is there already. */
export async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AbhayaError('conflict', `${file} is there already`, { cause });
  }
}
