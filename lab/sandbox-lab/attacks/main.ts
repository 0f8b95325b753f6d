// Attacks without anything of the lab around them, as an arm64 guest runs them:
//   node attacks.mjs --launcher FILE --programs DIR [--folder RUNTIME=DIR]... [--tool NAME=FILE]... [--runtime R]...
//     [--listener notify|trace]
// Prints one line of JSON for each runtime (AttackReport) and ends with 1 when anything is wrong. A runtime that is named
// and isn't offered is wrong; one that isn't named is attacked where a folder for it is given.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toErrorShape } from '#base';
import { findListener } from './attack-suite.ts';
import { isClean, runAttacks } from './run-attacks.ts';
import { attackSuites } from './suites.ts';

const pairs = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf('=')), resolve(text.slice(text.indexOf('=') + 1))]),
  );

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      launcher: { type: 'string', default: './abhaya-launcher' },
      programs: { type: 'string', default: '.' },
      folder: { type: 'string', multiple: true, default: [] },
      tool: { type: 'string', multiple: true, default: [] },
      runtime: { type: 'string', multiple: true },
      listener: { type: 'string' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const files = {
    launcher: resolve(values.launcher),
    programs: resolve(values.programs),
    runtimes: pairs(values.folder),
    tools: { node: process.execPath, ...pairs(values.tool) },
  };
  const named = values.runtime ?? ['native', ...Object.keys(files.runtimes)];
  const listener = findListener(values.listener);
  let clean = true;
  for (const runtime of named) {
    const suite = attackSuites.find((one) => one.runtime === runtime);
    try {
      if (!suite) throw new Error(`there are no attacks for ${runtime}`);
      const onResult = ({ name, problem }: { name: string; problem?: string }) => {
        if (problem !== undefined) process.stderr.write(`${runtime} ${name}: ${problem}\n`);
      };
      const report = await runAttacks(suite, { files, listener, signal: stop.signal, onResult });
      process.stdout.write(`${JSON.stringify(report)}\n`);
      clean &&= isClean(report);
    } catch (error) {
      process.stdout.write(`${JSON.stringify({ runtime, error: toErrorShape(error) })}\n`);
      clean = false;
    }
  }
  return clean ? 0 : 1;
}

process.exitCode = await main();
