// The attacks in JavaScript: android-shim/conformance/nodejs/attempts.js, by name, and what must become of each behind the
// lock. They run with Node's own require at hand (open-bootstrap.js), so that the wall is tested and not the realm.

import { createRequire } from 'node:module';
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

const soon = { wallMs: 300 };

const rows: readonly AttackRow[] = [
  denied('read-file', /^openat$/),
  denied('write-file', /^openat$/),
  denied('list-folder', /^openat$/),
  denied('stat-path', /^statx$/),
  denied('access-path', /^f?access(at)?$/),
  denied('make-folder', /^mkdir(at)?$/),
  denied('make-symlink', /^symlink(at)?$/),
  denied('watch-file', /^inotify_init1$/),
  denied('read-own-memory', /^openat$/),
  // A thread of the pool would do it.
  denied('read-by-promise', /^(rt_sigprocmask|clone3?)$/),
  denied('read-by-callback', /^(rt_sigprocmask|clone3?)$/),
  denied('change-folder', /^chdir$/),
  denied('read-link', /^readlink(at)?$/),
  denied('load-library', /^openat$/),
  denied('heap-snapshot', /^openat$/),
  denied('spawn', /^(epoll_create1|pipe2|socketpair|clone3?)$/),
  denied('spawn-asynchronously', /^(openat|pipe2|socketpair|clone3?)$/),
  denied('signal-other', /^kill$/),
  denied('signal-self', /^kill$/),
  denied('worker', /^(ioctl|epoll_create1|clone3?)$/),
  denied('priority', /^setpriority$/),
  // Other threads are told first.
  denied('set-user', /^(setuid|tgkill)$/),
  denied('signal-handler', /^rt_sig/),
  denied('lock-again', /^umask$/),
  denied('umask', /^umask$/),
  denied('parent-number', /^getppid$/),
  // libuv opens /dev/null first, to have a descriptor to give up.
  denied('raw-socket', /^(openat|socket)$/),
  denied('connect', /^(openat|socket)$/),
  denied('connect-unix', /^(openat|socket)$/),
  denied('listen', /^(openat|socket)$/),
  denied('udp', /^socket$/),
  denied('fetch', /^(ioctl|socket|openat|clone3?)$/),
  denied('look-up-name', /^(rt_sigprocmask|clone3?)$/),
  denied('interfaces', /^socket$/),
  denied('inspector', /^(prlimit64|rt_sigprocmask|clone3?)$/),
  denied('host-name', /^uname$/),
  denied('processors', /^openat$/),
  denied('free-memory', /^(openat|sysinfo)$/),
  denied('load-average', /^(openat|sysinfo)$/),
  denied('close-input', /^close$/),
  denied('sync-output', /^fsync$/),
  denied('examine-input', /^(statx|fstat)$/),
  ends('write-elsewhere', 'completed', 'did', { output: 'EBADF' }),
  ends('internal-binding', 'crashed', { signal: 'SIGABRT' }, { signal: 'SIGABRT' }),
  ends('abort', 'crashed', { signal: 'SIGABRT' }, { signal: 'SIGABRT' }),
  ends('exit-code', 'syscall-denied', { code: 7 }, { syscall: /^close$/ }),
  ends('heap-bomb', 'out-of-memory', 'did', { signal: 'SIGABRT' }),
  ends('object-bomb', 'out-of-memory', 'did', { signal: 'SIGABRT' }),
  ends('string-bomb', 'out-of-memory', 'did', { signal: 'SIGABRT' }),
  ends('promise-flood', 'out-of-memory', ['endless', { signal: 'SIGABRT' }], { signal: 'SIGABRT' }),
  ends('buffer-bomb', 'out-of-memory', 'did'),
  ends('wasm-bomb', 'out-of-memory', 'did'),
  ends('large-buffer', 'failed', 'did', { message: /allocation failed/ }),
  ends('array-buffer-never-touched', 'failed', 'did', { message: /allocation failed/ }),
  ends('deep-recursion', 'failed', { code: 1 }, { message: /call stack/ }),
  ends('spin-for-ever', 'wall-timeout', 'endless', soon),
  ends('spin-in-a-pattern', 'wall-timeout', 'endless', soon),
  ends('wait-for-ever', 'wall-timeout', 'endless', soon),
  ends('sleep-for-ever', 'wall-timeout', 'endless', soon),
  ends('output-flood', 'output-limit', { code: 0 }),
  ends('words-flood', 'syscall-denied', 'endless', { syscall: /^pwrite64$/ }),
];

export const nodejsAttacks: AttackSuite = {
  runtime: 'nodejs',
  rows: () => rows,
  launcher: (files) => ({
    program: join(files.programs, 'open', 'abhaya-launcher'),
    arguments: ['--runtime', `nodejs=${runtimeFolder(files, 'nodejs')}`],
  }),
  async attempts({ programs }) {
    const module: { names: string[] } = createRequire(import.meta.url)(join(programs, 'nodejs/attempts.js'));
    return module.names;
  },
  inside: (_attempt, { programs }) => ({ program: join(programs, 'nodejs', 'attempts.js') }),
  outside: (attempt, { programs, tools }) => [
    tools.node ?? process.execPath,
    join(programs, 'nodejs', 'control.js'),
    attempt,
  ],
};
