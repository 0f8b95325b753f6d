// A guest that hangs: the part ends in bounded time, says where it was, and leaves no process.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { poll } from '#base';
import { findMachineFiles } from '#lab/arm64-machine';
import { loadToolchain } from '#lab/toolchain';
import type { Part } from './parts.ts';
import { runPart } from './run-part.ts';

const toolchain = loadToolchain();
const files = findMachineFiles(toolchain);

/** QEMU's of this process. */
function machines(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return name?.startsWith('qemu-system') === true && Number(parent) === process.pid;
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}

/** A project whose only unit test says a word and never ends. */
function hangingProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'abhaya-hanging-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const tests = join(project, 'android-shim/launcher/build/arm64-v8a/tests');
  for (const folder of [tests, join(project, 'schemas/golden/launcher')])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(tests, 'hangs'), '#!/bin/sh\necho ok 1 - alive\nexec sleep 1000\n', { mode: 0o755 });
  return project;
}

test('a guest that hangs', async () => {
  const part: Part = {
    name: 'hanging',
    lanes: [[{ kind: 'unit', abi: 'arm64-v8a' }]],
    minutes: 1,
    patience: { silenceMs: 10_000, longestMs: 60_000 },
  };
  const said: string[] = [];
  const run = runPart(part, { toolchain, files, project: hangingProject(), say: (line) => said.push(line) });
  const [pid] = await poll(() => (machines().length > 0 ? machines() : undefined), {
    ...{ everyMs: 50, timeoutMs: 60_000, what: 'the machine' },
  });
  expect(pid).toBeGreaterThan(0);
  const rows = await run;
  expect(rows).toEqual([
    {
      name: 'part hanging',
      problem: expect.stringMatching(/said nothing for 10 s\n {2}unit tests arm64-v8a: /),
    },
  ]);
  expect(said).toHaveLength(2); // that it began, and how it ended
  expect(machines()).toEqual([]);
});
