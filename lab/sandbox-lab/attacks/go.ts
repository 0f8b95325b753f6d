// The attacks of programs in Go: those of native programs, built without a libc (whose start is not Go's), under the table for
// Go, and those that take threads. android-shim/conformance/attempts.c and go/threads.inc, by name.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AttackRow, AttackSuite, LauncherArch } from './attack-suite.ts';
import { denied, either, nativeAttacks } from './native.ts';

/** What else becomes of a native program's attempt here, and why that is right. */
const otherwise: Readonly<Record<string, Partial<AttackRow>>> = {
  // 2 leads to the launcher; all others with its bit may not even be tried.
  'inherited-descriptors': denied('inherited-descriptors', 'write'),
  // Go reserves more than it has: what is far beyond its limit of data the kernel refuses.
  'large-block': { reason: 'failed', exitCode: 3, output: 'reached 12' },
  // Answered by the filter: the kernel does nothing.
  uname: { reason: 'failed', exitCode: 3, output: 'reached 38' },
  // Its own runtime sleeps by the older call; this one has a limit that doesn't end it first.
  sleep: { ...denied('sleep', 'clock_nanosleep', 'endless'), wallMs: 30_000 },
  // The first queue is the one that timers need, empty; a nil pointer may be recovered from.
  epoll: { reason: 'completed', exitCode: 0, output: 'did', harmless: true },
  'signal-handler': { reason: 'completed', exitCode: 0, output: 'did', harmless: true },
};

const threads: readonly AttackRow[] = [
  denied('thread-bomb', 'clone'),
  denied('thread-namespace', 'clone', 'reached'),
  denied('thread-process', 'clone'),
  denied('thread-untraced', 'clone'),
  denied('thread-exec', 'execveat', 'reached'),
  denied('thread-open', 'openat'),
  {
    attempt: 'thread-outlives',
    reason: 'completed',
    exitCode: 0,
    output: 'did',
    control: 'did',
    harmless: true,
  },
  { attempt: 'thread-flood', reason: 'output-limit', control: 'endless' },
  { attempt: 'thread-stays', reason: 'wall-timeout', wallMs: 200, control: 'endless' },
  { attempt: 'thread-memory', reason: 'out-of-memory', control: 'did' },
];

const queues: readonly AttackRow[] = [
  denied('queue-twice', 'epoll_create1'),
  denied('event-first', 'eventfd2'),
  denied('queue-input', 'epoll_ctl', either),
  denied('descriptor-flood', 'eventfd2'),
  denied('open-beside-cgroup', 'openat', 'reached'),
  denied('words-flood', 'write'),
];

function underGo({ ...row }: AttackRow): AttackRow {
  const other = otherwise[row.attempt];
  if (!other) return row;
  const { syscall: _call, exitCode: _code, output: _output, ...rest } = row;
  return { ...rest, ...other };
}

function rows(arch: LauncherArch): readonly AttackRow[] {
  return [...nativeAttacks.rows(arch).map(underGo), ...threads, ...queues];
}

const program = (programs: string): string => join(programs, 'go-attempts');

export const goAttacks: AttackSuite = {
  runtime: 'go',
  rows,
  launcher: ({ launcher }) => ({ program: launcher, arguments: [] }),
  async attempts({ programs }) {
    const { stdout } = await promisify(execFile)(program(programs), ['--list']);
    return stdout.trim().split('\n');
  },
  inside: (_attempt, { programs }) => ({ program: program(programs) }),
  outside: (_attempt, { programs }) => [program(programs)],
};
