// Attacks without anything of the lab around them, as an arm64 guest runs them:
//   node attacks.mjs --launcher FILE --programs DIR [--folder RUNTIME=DIR]... [--tool NAME=FILE]... [--runtime R]...
//     [--listener notify|trace] [--warm] [--share 1/2] [--attack NAME]... [--progress] [--follow]
// Prints one line of JSON for each runtime (AttackReport) and ends with 1 when anything is wrong. A runtime that is named
// and isn't offered is wrong; one that isn't named is attacked where a folder for it is given. With --share only every
// second attack, say, is made; with --warm each in a process that was there before; with --progress a line comes after each
// ({"progress": {runtime, name, done, of, ms}}). With --follow whoever reads along gets all of it:
// {"opened": {arch, kernel}}, then {"result": {...}, done, of} after each.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AbhayaError, toErrorShape } from '#base';
import { type AttackResult, findListener } from './attack-suite.ts';
import { isClean, runAttacks } from './run-attacks.ts';
import { attackSuites } from './suites.ts';

const pairs = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf('=')), resolve(text.slice(text.indexOf('=') + 1))]),
  );

function shareOf(text: string): { readonly part: number; readonly of: number } {
  const [, part, of] = /^([1-9])\/([1-9])$/.exec(text) ?? [];
  if (part === undefined || of === undefined || part > of)
    throw new AbhayaError('input.invalid', `${text} is no share; 1/2 is one`);
  return { part: Number(part), of: Number(of) };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      launcher: { type: 'string', default: './abhaya-launcher' },
      programs: { type: 'string', default: '.' },
      folder: { type: 'string', multiple: true, default: [] },
      tool: { type: 'string', multiple: true, default: [] },
      runtime: { type: 'string', multiple: true },
      listener: { type: 'string' },
      warm: { type: 'boolean', default: false },
      share: { type: 'string', default: '1/1' },
      attack: { type: 'string', multiple: true },
      progress: { type: 'boolean', default: false },
      follow: { type: 'boolean', default: false },
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
  const share = shareOf(values.share);
  const named = values.runtime ?? ['native', ...Object.keys(files.runtimes)];
  const listener = findListener(values.listener);
  const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const { attack, follow } = values;
  const only = attack && { only: (name: string) => attack.includes(name) };
  const onOpen = ({ arch, kernel }: { arch: string; kernel: string }) =>
    void (follow && say({ opened: { arch, kernel } }));
  let clean = true;
  for (const runtime of named) {
    const suite = attackSuites.find((one) => one.runtime === runtime);
    try {
      if (!suite) throw new Error(`there are no attacks for ${runtime}`);
      const onResult = (result: AttackResult, done: number, of: number) => {
        const { name, problem, ms } = result;
        if (problem !== undefined) process.stderr.write(`${runtime} ${name}: ${problem}\n`);
        if (values.progress) say({ progress: { runtime, name, done, of, ms } });
        if (follow) say({ result, done, of });
      };
      const options = {
        ...{ files, listener, warm: values.warm, share, signal: stop.signal },
        ...{ onOpen, onResult, ...only },
      };
      const report = await runAttacks(suite, options);
      say(report);
      clean &&= isClean(report);
    } catch (error) {
      say({ runtime, error: toErrorShape(error) });
      clean = false;
    }
  }
  return clean ? 0 : 1;
}

process.exitCode = await main();
