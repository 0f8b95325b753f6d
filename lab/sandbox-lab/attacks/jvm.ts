// The attacks in Java: android-shim/conformance/jvm/Attempts.java, by name, and what must become of each behind the lock.
// The bootstrap hides nothing of the JDK's, so it is the launcher as it ships that is attacked.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExitReason } from '#agent/sandbox';
import { type AttackRow, type AttackSuite, runtimeFolder } from './attack-suite.ts';

const denied = (attempt: string, syscall: RegExp): AttackRow => ({
  attempt,
  reason: 'syscall-denied',
  syscall,
  control: 'did',
});
const ends = (
  attempt: string,
  reason: ExitReason,
  control: AttackRow['control'],
  more: Partial<AttackRow> = {},
): AttackRow => ({ attempt, reason, control, ...more });

const soon = { wallMs: 500 };
const lacks = { message: /ClassNotFoundException/ };
const abort = { signal: 'SIGABRT' };
const open = /^openat$/;
/** Whoever needs a file that was not there before the lock looks for it first. */
const look = /^(newfstatat|fstatat64|stat|access|faccessat2?|statx|readlink(at)?)$/;
/** A thread: where its stack comes from is allowed, the thread isn't. */
const thread = /^clone3?$/;

/** Parts of the network's library are loaded when they are needed. */
const network = /^(socket|openat|newfstatat|fstatat64|readlink(at)?)$/;

const rows: readonly AttackRow[] = [
  ends('print', 'completed', 'did', { harmless: true, output: 'did' }),
  denied('read-file', open),
  denied('read-file-stream', open),
  denied('write-file', open),
  denied('random-access', open),
  denied('read-own-memory', open),
  denied('random-device', open),
  denied('list-folder', open),
  denied('walk-folder', open),
  denied('file-exists', look),
  denied('file-attributes', look),
  denied('make-folder', /^mkdir(at)?$/),
  denied('delete-file', /^(unlink(at)?|rmdir|newfstatat|lstat)$/),
  denied('rename-file', /^rename(at2?)?$/),
  denied('make-symlink', /^symlink(at)?$/),
  denied('canonical-path', look),
  denied('temporary-file', /^(openat|newfstatat|fstatat64|statfs(64)?)$/),
  denied('open-channel', open),
  denied('map-file', open),
  denied('map-input', /^(newfstatat|fstat(64)?|lseek)$/),
  denied('watch-folder', /^(inotify_init1?|socketpair|newfstatat|fstatat64)$/),
  denied('file-store', /^(newfstatat|fstatat64|statx|stat|openat|statfs(64)?)$/),
  denied('open-zip', /^(openat|newfstatat|fstatat64|statx)$/),
  denied('own-image', /^(openat|newfstatat|fstatat64|statx|readlink(at)?|getcwd)$/),
  denied('log-to-file', /^(openat|newfstatat|fstatat64|access|statx|readlink(at)?)$/),
  denied('console', /^ioctl$/),
  denied('load-library', look),
  denied('load-named-library', look),
  denied('load-class-file', /^(openat|newfstatat|fstatat64|statx|access|readlink(at)?)$/),
  ends('attach', 'failed', 'did', lacks),
  ends('instrument', 'failed', 'did', lacks),
  ends('management', 'failed', 'did', lacks),
  denied('process', /^(pipe2?|openat|newfstatat|clone3?|vfork|rt_sigaction)$/),
  denied('execute', /^(pipe2?|openat|newfstatat|clone3?|vfork|rt_sigaction)$/),
  denied('processes', open),
  denied('parent', open),
  denied('thread', thread),
  denied('daemon-thread', thread),
  denied('thread-pool', thread),
  denied('parallel-stream', thread),
  denied('future', thread),
  denied('timer', thread),
  denied('cleaner', thread),
  denied('signal-handler', /^rt_sigaction$/),
  denied('raise-signal', /^tgkill$/),
  denied('connect', network),
  denied('listen', network),
  denied('udp', network),
  denied('channel', network),
  denied('unix-socket', network),
  denied('url', network),
  denied('look-up-name', network),
  denied('host-name', /^(uname|newfstatat|fstatat64)$/),
  denied('interfaces', network),
  denied('pipe', /^(pipe2?|socketpair|newfstatat|fstatat64)$/),
  denied('selector', /^(epoll_create1?|eventfd2|pipe2?|socketpair|newfstatat|fstatat64)$/),
  ends('wild-write', 'crashed', abort, abort),
  ends('wild-read', 'crashed', abort, abort),
  ends('break-an-object', 'crashed', abort, abort),
  denied('private-native', /^getcwd$/),
  denied('private-constructor', open),
  // It closes what is open, then asks.
  denied('own-natives', /^(close(_range)?|umask)$/),
  ends('descriptor', 'failed', 'did', { message: /Bad file descriptor/ }),
  denied('close-input', open),
  denied('close-output', open),
  denied('input-available', /^(newfstatat|fstat(64)?|ioctl|lseek)$/),
  denied('shutdown-hook', open),
  denied('finalizer', open),
  ends('exit-code', 'failed', { code: 7 }, { exitCode: 7 }),
  ends('halt', 'failed', { code: 8 }, { exitCode: 8 }),
  ends('heap-bomb', 'out-of-memory', { code: 1 }),
  ends('string-bomb', 'out-of-memory', { code: 1 }),
  ends('object-bomb', 'out-of-memory', { code: 1 }),
  ends('large-array', 'out-of-memory', { code: 1 }),
  ends('direct-buffers', 'out-of-memory', { code: 1 }),
  ends('raw-memory', 'out-of-memory', 'did'),
  ends('class-bomb', 'out-of-memory', 'did'),
  ends('deep-recursion', 'failed', { code: 1 }, { message: /StackOverflowError/ }),
  ends('caught-recursion', 'completed', 'did', { harmless: true, output: 'did' }),
  ends('spin', 'wall-timeout', 'endless', soon),
  ends('spin-in-a-pattern', 'wall-timeout', 'endless', soon),
  ends('wait', 'wall-timeout', 'endless', soon),
  ends('sleep', 'wall-timeout', 'endless', soon),
  ends('join-itself', 'wall-timeout', 'endless', soon),
  ends('output-flood', 'output-limit', { bytes: 640 * 65_536 }),
  // What is said beyond the last words is dropped by the bootstrap, before any call.
  ends('words-flood', 'wall-timeout', 'endless', soon),
  ends('gc-flood', 'wall-timeout', 'endless', soon),
];

export const jvmAttacks: AttackSuite = {
  runtime: 'jvm',
  rows: () => rows,
  launcher: (files) => ({
    program: files.launcher,
    arguments: ['--runtime', `jvm=${runtimeFolder(files, 'jvm')}`],
  }),
  async attempts({ programs }) {
    return (await readFile(join(programs, 'jvm', 'names'), 'utf8')).split('\n').filter(Boolean);
  },
  inside: (_attempt, { programs }) => ({ program: join(programs, 'jvm', 'attempts.jar') }),
  // A plain JVM, small and quick to start; where it crashes it aborts, and leaves no report and no core.
  outside: (_attempt, { programs, tools }) => [
    ...(['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh'] as const),
    tools.java ?? 'java',
    ...['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:+SuppressFatalErrorMessage'],
    ...['-jar', join(programs, 'jvm', 'attempts.jar')],
  ],
};
