// The attacks in Python: android-shim/conformance/python/attempts.py, by name, and what must become of each behind the
// lock. They run on an image with foreign functions, sockets and processes at hand (open_bootstrap.py), so that the wall is
// tested and not what is missing. Controls run on the same image, outside.

import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ExitReason } from '#agent/sandbox';
import { type AttackFiles, type AttackRow, type AttackSuite, runtimeFolder } from './attack-suite.ts';

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
const opens = /^open(at)?$/;
const makesProcess = /^(v?fork|clone3?|pipe2|rt_sig(action|procmask))$/;

const rows: readonly AttackRow[] = [
  denied('open-file', opens),
  denied('write-file', opens),
  denied('list-folder', opens),
  denied('walk-folder', opens),
  denied('stat-path', /^(newfstatat|stat|statx)$/),
  denied('make-folder', /^mkdir(at)?$/),
  denied('make-symlink', /^symlink(at)?$/),
  denied('make-fifo', /^mknod(at)?$/),
  denied('read-link', /^readlink(at)?$/),
  denied('change-folder', /^chdir$/),
  denied('own-memory', opens),
  denied('memory-file', /^memfd_create$/),
  denied('named-shared-memory', opens),
  denied('import-from-files', /^(newfstatat|stat|statx)$/),
  denied('terminal', opens),
  denied('tcp-socket', /^socket$/),
  denied('unix-socket', /^socket$/),
  denied('socket-pair', /^socketpair$/),
  denied('netlink-socket', /^socket$/),
  denied('raw-socket', /^socket$/),
  // Files are asked for names first.
  denied('look-up-name', /^(socket|openat|newfstatat)$/),
  denied('fetch', /^(socket|openat|newfstatat)$/),
  denied('socket-of-input', /^(dup|fcntl)$/),
  denied('host-name', /^uname$/),
  denied('fork', makesProcess),
  denied('fork-terminal', /^(openat|v?fork|clone3?)$/),
  denied('execute', /^execve$/),
  denied('spawn', makesProcess),
  denied('posix-spawn', makesProcess),
  denied('shell', makesProcess),
  denied('thread', /^(clone3?|rt_sig(action|procmask))$/),
  denied('signal-other', /^kill$/),
  denied('signal-self', /^kill$/),
  denied('signal-handler', /^rt_sigaction$/),
  denied('alarm', /^setitimer$/),
  denied('fault-handler', /^(rt_sigaction|sigaltstack)$/),
  denied('priority', /^setpriority$/),
  denied('set-user', /^setuid$/),
  denied('processors', /^sched_getaffinity$/),
  denied('raise-limit', /^prlimit64$/),
  denied('parent-number', /^getppid$/),
  denied('load-library', opens),
  denied('foreign-open', opens),
  denied('foreign-fork', makesProcess),
  // libffi tries a file and an executable mapping of it.
  denied('callback', /^(openat|mmap|statfs|newfstatat|memfd_create)$/),
  denied('executable-memory', /^mmap$/),
  denied('executable-later', /^mprotect$/),
  denied('writable-code', /^mprotect$/),
  denied('shared-mapping', /^mmap$/),
  denied('file-mapping', /^mmap$/),
  denied('moved-mapping', /^mremap$/),
  denied('trace', /^ptrace$/),
  denied('new-namespace', /^unshare$/),
  denied('join-namespace', /^setns$/),
  denied('mount', /^mount$/),
  denied('kernel-program', /^bpf$/),
  denied('performance-counter', /^perf_event_open$/),
  denied('kernel-key', /^keyctl$/),
  denied('ring', /^io_uring_setup$/),
  denied('fault-descriptor', /^userfaultfd$/),
  denied('read-other-memory', /^process_vm_readv$/),
  denied('write-other-memory', /^process_vm_writev$/),
  denied('process-descriptor', /^pidfd_open$/),
  denied('other-personality', /^personality$/),
  denied('process-control', /^prctl$/),
  denied('another-filter', /^seccomp$/),
  denied('clone-with-structure', /^clone3$/),
  denied('secret-memory', /^memfd_secret$/),
  denied('execute-descriptor', /^execveat$/),
  denied('open-by-structure', /^openat2$/),
  denied('another-landlock', /^landlock_create_ruleset$/),
  denied('unknown-call', /^syscall_1000$/),
  denied('lock-by-raw-call', /^umask$/),
  denied('set-mask', /^umask$/),
  denied('lock-again', /^umask$/),
  denied('frames', opens),
  denied('frames-later', opens),
  denied('profile', opens),
  denied('every-object', opens),
  denied('subclasses', makesProcess),
  denied('own-finder', /^(openat|newfstatat|stat|statx)$/),
  denied('at-exit', opens),
  denied('interpreter-function', opens),
  denied('close-output', /^(dup|fcntl)$/),
  denied('close-input', /^close$/),
  denied('duplicate', /^dup[23]$/),
  denied('new-pipe', /^pipe2$/),
  denied('examine-descriptor', /^fcntl$/),
  // It may end itself, with what it has written.
  ends('end-early', 'completed', 'did', { output: 'did', exitCode: 0 }),
  ends('end-with-code', 'failed', { code: 9 }, { exitCode: 9, output: '' }),
  ends('words-flood', 'syscall-denied', 'endless', { syscall: /^pwrite64$/ }),
  // The kernel says what it says of a descriptor that is not there.
  ends('read-elsewhere', 'completed', 'did', { output: '9' }),
  ends('jump-into-data', 'crashed', { signal: 'SIGSEGV' }, { signal: 'SIGSEGV' }),
  ends('null-pointer', 'crashed', { signal: 'SIGSEGV' }, { signal: 'SIGSEGV' }),
  ends('deep-stack', 'crashed', { signal: 'SIGSEGV' }, { signal: 'SIGSEGV' }),
  ends('abort', 'crashed', { signal: 'SIGABRT' }, { signal: 'SIGABRT' }),
  ends('memory-bomb', 'out-of-memory', 'did'),
  ends('object-bomb', 'out-of-memory', 'did'),
  ends('never-touched', 'out-of-memory', 'did'),
  ends('giant-integer', 'out-of-memory', 'did'),
  ends('giant-text', 'out-of-memory', 'did'),
  ends('unpacking-bomb', 'out-of-memory', 'did'),
  ends('deep-data', 'failed', { code: 1 }, { message: /^RecursionError/ }),
  ends('deep-recursion', 'failed', { code: 1 }, { message: /^RecursionError/ }),
  ends('spin', 'wall-timeout', 'endless', soon),
  ends('spin-in-a-pattern', 'wall-timeout', 'endless', soon),
  ends('spin-in-an-integer', 'wall-timeout', 'endless', soon),
  ends('sleep', 'wall-timeout', 'endless', soon),
  ends('wait-for-ever', 'syscall-denied', 'endless', { syscall: /^futex$/ }),
  ends('output-flood', 'output-limit', { code: 0 }),
  ends('exit-code', 'failed', { code: 7 }, { exitCode: 7 }),
];

/** Beside the runtime's folder, where the build put it. */
const imageOf = (files: AttackFiles): string => join(dirname(runtimeFolder(files, 'python')), 'attack');

const loader = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2';

/** The image outside the sandbox, as the launcher starts it inside, running attempts.py. */
function outside(files: AttackFiles, ...args: string[]): [string, ...string[]] {
  const image = imageOf(files);
  const python = join(image, 'bin', 'python3.11');
  const flags = ['-I', '-S', '-B', '-X', 'utf8'];
  const [bootstrap, attempts] = ['open_bootstrap.py', 'attempts.py'].map((name) =>
    join(files.programs, 'python', name),
  );
  return [
    join(image, 'lib', loader),
    ...['--library-path', join(image, 'lib'), '--argv0', python, python],
    ...flags,
    ...[bootstrap ?? '', attempts ?? ''],
    ...args,
  ];
}

export const pythonAttacks: AttackSuite = {
  runtime: 'python',
  rows: () => rows,
  launcher: (files) => ({
    program: join(files.programs, 'open', 'abhaya-launcher'),
    arguments: ['--runtime', `python=${imageOf(files)}`],
  }),
  async attempts(files) {
    const [program, ...args] = outside(files, '--names');
    const { stdout } = await promisify(execFile)(program, args, { env: {} });
    return JSON.parse(stdout);
  },
  inside: (_attempt, { programs }) => ({ program: join(programs, 'python', 'attempts.py') }),
  outside: (_attempt, files) => outside(files),
};
