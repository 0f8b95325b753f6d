// `node android-shim/conformance/arm64/main.ts [--all | --part NAME...] [--json FILE]`: boots the arm64 machine once for each
// part, attacks the sandbox in it, prints what is wrong, and ends with 0 only when nothing is. FILE gets the rows.
// `npm run test:arm64` calls it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findMachineFiles } from '#lab/arm64-machine';
import { loadToolchain } from '#lab/toolchain';
import type { Row } from './judge-jobs.ts';
import { gate, more, type Part } from './parts.ts';
import { runPart } from './run-part.ts';

function partsOf({ all, part: names }: { all: boolean; part: string[] }): readonly Part[] {
  const every = [gate, ...more];
  const unknown = names.filter((name) => !every.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no part ${unknown.join(', ')}; there are ${every.map(({ name }) => name).join(', ')}`,
    );
  if (names.length > 0) return every.filter(({ name }) => names.includes(name));
  return all ? every : [gate];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      all: { type: 'boolean', default: false },
      part: { type: 'string', multiple: true, default: [] },
    },
  });
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  const toolchain = loadToolchain();
  const options = {
    toolchain,
    files: findMachineFiles(toolchain),
    project: join(import.meta.dirname, '../../..'),
    signal: stop.signal,
    say: (line: string) => process.stdout.write(`${line}\n`),
  };
  const rows: Row[] = [];
  for (const part of partsOf(values)) {
    if (stop.signal.aborted) break;
    rows.push(...(await runPart(part, options)));
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ attacks: rows }));
  return rows.length > 0 && rows.every(({ problem }) => problem === undefined) ? 0 : 1;
}

process.exitCode = await main();
