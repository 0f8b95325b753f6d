// Python behind the lock: every attempt of python/attempts.py, with foreign functions at hand, so that the wall is tested.
// Then the launcher as it ships: which modules there are, the two phases, and what a service says of its end.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxJob } from '../../device-agent/sandbox/port.ts';
import { buildC, projectRoot, pythonFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { pythonAttacks } from '../../lab/sandbox-lab/attacks/python.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { testAttacks } from './attack-tests.ts';

const MIB = 1024 * 1024;
const modulesFile = join(projectRoot, 'android-shim/launcher/python/modules.json');
let workspace: Workspace;
let launcher: LauncherTester;
let program: string;

beforeAll(async () => {
  workspace = await Workspace.open();
  program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(program, ['--runtime', `python=${pythonFolder()}`]);
  expect(await launcher.hello).toMatchObject({ runtimes: ['native', 'go', 'python'], lacks: {} });
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

async function service(code: string, limits: Partial<SandboxJob> = {}): Promise<SandboxJob> {
  const made = await workspace.job('', 'input', { runtime: 'python', ...limits });
  const file = `${made.inputPath}.py`;
  await writeFile(file, code);
  return { ...made, program: file };
}

testAttacks(pythonAttacks, 100, () => ({ runtimes: { python: pythonFolder() } }));

describe('modules', () => {
  test('every module that is listed can be imported behind the lock, and nothing is asked for besides', async () => {
    const lists: Record<'preloaded' | 'available' | 'builtin' | 'extensions' | 'without', string[]> =
      JSON.parse(await readFile(modulesFile, 'utf8'));
    const names = [...lists.preloaded, ...lists.available, ...lists.builtin, ...lists.extensions];
    const made = await service(`
import sys
names = ${JSON.stringify(names.map((name) => name.replace('.*', '')))}
for name in [*names, *sys.meta_path[-1].late]:
    __import__(name)
print(len(sys.modules) > len(names), end='')`);
    const report = await launcher.run(made);
    expect(report).toMatchObject({ reason: 'completed' });
    // gettid: threading's own, were it imported late.
    expect(Object.keys(report.errnoHits ?? {})).toEqual([]);
    expect((await readFile(made.outputPath)).toString()).toBe('True');
  });

  test.each(['socket', 'ctypes', 'subprocess', 'asyncio', 'numpy'])('there is no %s', async (name) => {
    expect(await launcher.run(await service(`\nimport ${name}`))).toMatchObject({
      reason: 'failed',
      exitCode: 1,
      message: `ModuleNotFoundError: No module named '${name}' (line 2); services/README.md says which modules there are`,
    });
  });

  test('random numbers differ from run to run, and are there as often as they are wanted', async () => {
    const code = `
import os, random, secrets, uuid
print(os.urandom(8).hex(), secrets.token_hex(8), uuid.uuid4(), random.random())
assert len({secrets.token_bytes(16) for _ in range(100_000)}) == 100_000
assert random.Random(7).random() == random.Random(7).random()`;
    const seen = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const made = await service(code);
      expect(await launcher.run(made)).toMatchObject({ reason: 'completed' });
      for (const word of (await readFile(made.outputPath, 'utf8')).trim().split(' ')) seen.add(word);
    }
    expect(seen.size).toBe(12);
  });
});

describe('the two phases', () => {
  test('a process that was started ahead takes one service, and ends with it', async () => {
    const spare = launcher.warm(64 * MIB, 'python');
    await spare.ready;
    const [waiting] = launcher.children();
    const made = await service('print(input(), end="")');
    const { report } = launcher.start(made, spare.number);
    expect(await report).toMatchObject({ reason: 'completed', bytesIn: 5, bytesOut: 5 });
    expect(waiting).toBeDefined();
    expect(launcher.children()).toEqual([]);
  });

  test('at the lock there are two pipes, one thread, and no more', async () => {
    const spare = launcher.warm(64 * MIB, 'python');
    await spare.ready;
    const [pid] = launcher.children();
    const look = promisify(execFile);
    const { stdout } = await look('sh', ['-c', `readlink /proc/${pid}/fd/*; ls /proc/${pid}/task | wc -l`]);
    expect(
      stdout
        .replaceAll(/\[\d+\]/g, '')
        .trim()
        .split('\n'),
    ).toEqual(['pipe:', 'pipe:', '1']);
    launcher.cancel(spare.number);
    await spare.report;
  });

  test('the published table allows few calls, and none that makes code', async () => {
    const { stdout } = await promisify(execFile)(program, ['--policy', 'python']);
    const policy = JSON.parse(stdout);
    expect(policy.allowed).toEqual([
      'read',
      'write',
      'brk',
      'mmap',
      'munmap',
      'mremap',
      'clock_nanosleep',
      'exit_group',
    ]);
    expect(policy.checks.mmap).toMatch(/not executable/);
  });
});

describe('services', () => {
  test.each([
    ['text', 'print(input().upper(), end="")', 'INPUT'],
    [
      'bytes',
      'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read(2) + bytes([0, 255]))',
      'in\u0000\u00ff',
    ],
    ['lines', 'import sys; print(*(line for line in sys.stdin), sep="|", end="")', 'input'],
    ['another way to say the end', 'import sys; print("done", end=""); sys.exit(0)', 'done'],
    ['an exit function', 'import atexit; atexit.register(print, "at exit", end="")', 'at exit'],
    ['an encoding of its own', '# -*- coding: latin-1 -*-\nprint(ascii("\u00e4"), end="")', "'\\xc3\\xa4'"],
    [
      'a traceback',
      'import sys, traceback\ntry: 1 / 0\nexcept ZeroDivisionError: print(traceback.format_exc().split("\\n")[1], end="")',
      '  File "<service>", line 2, in <module>',
    ],
    [
      'the world',
      'import os, sys, time; print(sys.argv, dict(os.environ), time.tzname[0], os.uname().nodename, __name__, end="")',
      "['service'] {'TZ': 'UTC'} UTC sandbox __main__",
    ],
  ])('%s', async (_name, code, output) => {
    const made = await service(code);
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed', exitCode: 0 });
    expect((await readFile(made.outputPath)).toString('latin1')).toBe(output);
  });

  test.each([
    [
      'what it raises',
      '\n\ndef f():\n  raise ValueError("no such colour")\nf()',
      1,
      'ValueError: no such colour (line 4)',
    ],
    [
      'what nobody can read',
      'class E(Exception):\n  def __str__(self): raise E\nraise E',
      1,
      '<exception str() failed>',
    ],
    ['code that is none', 'x = 1\nx x', 1, 'SyntaxError: invalid syntax (line 2)'],
    ['its own words', 'import sys; sys.exit("the table has no header")', 1, 'the table has no header'],
    ['its own code', 'import sys; print("why", file=sys.stderr); sys.exit(7)', 7, 'why'],
    ['a thousand calls in each other', 'def f(): f()\nf()', 1, 'RecursionError'],
  ])('fails with %s', async (_name, code, exitCode, sentence) => {
    expect(await launcher.run(await service(code))).toMatchObject({
      reason: 'failed',
      exitCode,
      message: expect.stringContaining(sentence),
    });
  });

  test.each([
    ['at once', 'bytes(200_000_000)'],
    ['little by little', 'kept = []\nwhile True: kept.append(bytes(1000))'],
    ['in one that grows', 'grown = bytearray()\nwhile True: grown += bytes(100_000)'],
  ])('memory that is not there, asked for %s, is out of memory', async (_name, code) => {
    expect(await launcher.run(await service(code))).toMatchObject({ reason: 'out-of-memory' });
  });

  test('most of the memory can be used, and one that sees its end may go on', async () => {
    const made = await service(`
kept = []
try:
    while True: kept.append(bytes(1_000_000))
except MemoryError:
    size = len(kept)
    kept.clear()
print(size > 40, end='')`);
    expect(await launcher.run(made)).toMatchObject({ reason: 'completed' });
    expect((await readFile(made.outputPath)).toString()).toBe('True');
  });
});
