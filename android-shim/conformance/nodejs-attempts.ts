// What must become of each attempt of nodejs/attempts.js behind the lock, and of its control outside. Names of calls are
// patterns, since architectures have different ones for the same thing.

import type { ExitReason } from '../../device-agent/sandbox/port.ts';

export interface NodejsExpectation {
  readonly attempt: string;
  readonly reason: ExitReason;
  readonly syscall?: RegExp;
  readonly signal?: string;
  readonly message?: RegExp;
  readonly output?: string;
  /** `did` it; ended with this text, code or signal; or had to be ended. */
  readonly control: 'did' | 'endless' | { readonly code: number } | { readonly signal: string };
}

const denied = (attempt: string, syscall: RegExp): NodejsExpectation => ({
  attempt,
  reason: 'syscall-denied',
  syscall,
  control: 'did',
});
const ends = (
  attempt: string,
  reason: ExitReason,
  control: NodejsExpectation['control'],
  more: Partial<NodejsExpectation> = {},
): NodejsExpectation => ({ attempt, reason, control, ...more });

export const nodejsExpectations: readonly NodejsExpectation[] = [
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
  ends('promise-flood', 'out-of-memory', 'endless', { signal: 'SIGABRT' }),
  ends('buffer-bomb', 'out-of-memory', 'did'),
  ends('wasm-bomb', 'out-of-memory', 'did'),
  ends('large-buffer', 'failed', 'did', { message: /allocation failed/ }),
  ends('array-buffer-never-touched', 'failed', 'did', { message: /allocation failed/ }),
  ends('deep-recursion', 'failed', { code: 1 }, { message: /call stack/ }),
  ends('spin-for-ever', 'wall-timeout', 'endless'),
  ends('spin-in-a-pattern', 'wall-timeout', 'endless'),
  ends('wait-for-ever', 'wall-timeout', 'endless'),
  ends('sleep-for-ever', 'wall-timeout', 'endless'),
  ends('output-flood', 'output-limit', { code: 0 }),
  ends('words-flood', 'syscall-denied', 'endless', { syscall: /^pwrite64$/ }),
];

/** Services that look for Node from inside their realm; each writes what it found. */
export const realmAttempts: readonly (readonly [name: string, code: string])[] = [
  [
    'names',
    'module.exports = () => [typeof process, typeof require, typeof Buffer, typeof fetch, typeof setTimeout].join();',
  ],
  ['eval', `module.exports = () => eval('typeof process');`],
  ['function of its own realm', `module.exports = () => Function('return typeof process')();`],
  ['import', `module.exports = () => import('node:fs').then(() => 'function', () => 'undefined');`],
  [
    'constructor of what it is given',
    `module.exports.stream = (io) => io.write(io.read.constructor('return typeof process')());`,
  ],
  [
    'constructor of the input',
    `module.exports = (input) => input.constructor.constructor('return typeof process')();`,
  ],
  [
    'constructor of an error',
    `module.exports.stream = (io) => { try { io.write({}); } catch (e) { io.write(e.constructor.constructor('return typeof process')()); } };`,
  ],
  [
    'constructor of a deep error',
    `module.exports.stream = (io) => { let c; const deep = () => { try { deep(); } catch (e) { c ??= e.constructor; io.write(''); throw e; } }; try { deep(); } catch (e) { c = e.constructor; } io.write(c.constructor('return typeof process')()); };`,
  ],
  [
    'a patched promise',
    `let seen = 'undefined'; const { then } = Promise.prototype; Promise.prototype.then = function (...a) { for (const f of a) try { seen = f.constructor('return typeof process')(); } catch {} return then.apply(this, a); }; module.exports = async () => { await null; return seen; };`,
  ],
  [
    'frames of the stack',
    `Error.prepareStackTrace = (_, frames) => frames; module.exports = () => { const found = new Error().stack.flatMap?.((f) => [f.getFunction?.(), f.getThis?.()]).filter(Boolean) ?? []; for (const f of found) try { const t = f.constructor.constructor('return typeof process')(); if (t !== 'undefined') return t; } catch {} return 'undefined'; };`,
  ],
];
