// The attacks of native programs: android-shim/conformance/attempts.c, by name, and what must become of each.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AttackRow, AttackSuite, LauncherArch } from './attack-suite.ts';

export const denied = (
  attempt: string,
  syscall: string,
  control: AttackRow['control'] = 'did',
): AttackRow => ({
  attempt,
  reason: 'syscall-denied',
  syscall,
  control,
});
export const either = ['did', 'reached'] as const;

const files: readonly AttackRow[] = [
  denied('open-file', 'openat'),
  denied('open-dev-null', 'openat'),
  denied('open-root', 'openat'),
  denied('open-proc-self-mem', 'openat'),
  denied('openat2', 'openat2'),
  denied('create-file', 'openat'),
  denied('stat-path', 'newfstatat'),
  denied('statx-path', 'statx'),
  denied('access', 'faccessat'),
  denied('getcwd', 'getcwd'),
  denied('chdir', 'chdir'),
  denied('mkdir', 'mkdirat', 'reached'),
  denied('unlink', 'unlinkat', 'reached'),
  denied('rename', 'renameat2', 'reached'),
  denied('symlink', 'symlinkat', 'reached'),
  denied('hard-link', 'linkat', 'reached'),
  denied('chmod', 'fchmodat', 'reached'),
  denied('truncate', 'truncate', 'reached'),
  denied('statfs', 'statfs'),
  denied('getdents', 'getdents64', 'reached'),
  denied('chroot', 'chroot', 'reached'),
  denied('mount', 'mount', 'reached'),
  denied('open-by-handle', 'open_by_handle_at', 'reached'),
  denied('inotify', 'inotify_init1'),
  denied('memfd', 'memfd_create'),
  denied('landlock', 'landlock_create_ruleset', either),
];

const network: readonly AttackRow[] = [
  denied('socket-inet', 'socket'),
  denied('socket-unix', 'socket'),
  denied('socket-netlink', 'socket'),
  denied('socketpair', 'socketpair'),
  denied('connect', 'connect', 'reached'),
  denied('sendmsg', 'sendmsg', either),
];

const processes: readonly AttackRow[] = [
  denied('fork', 'clone'),
  denied('vfork', 'clone'),
  denied('clone3', 'clone3'),
  denied('fork-bomb', 'clone'),
  denied('exec', 'execve'),
  denied('exec-path', 'execveat'),
  denied('exec-replay', 'execveat', 'reached'),
  denied('signal-other', 'kill', either),
  denied('signal-everyone', 'kill', either),
  denied('signal-self', 'tgkill', either),
  denied('pidfd-open', 'pidfd_open', either),
  denied('pidfd-getfd', 'pidfd_getfd', 'reached'),
  denied('ptrace', 'ptrace', either),
  denied('process-vm-readv', 'process_vm_readv', either),
  denied('process-vm-writev', 'process_vm_writev', either),
  denied('getppid', 'getppid'),
  denied('setpgid', 'setpgid'),
  denied('wait', 'wait4', 'reached'),
  denied('sched-setaffinity', 'sched_setaffinity', either),
  denied('setpriority', 'setpriority', either),
];

const memory: readonly AttackRow[] = [
  denied('map-executable', 'mmap'),
  denied('map-writable-executable', 'mmap'),
  denied('map-shared', 'mmap'),
  denied('map-huge-pages', 'mmap', either),
  denied('map-file', 'mmap'),
  denied('protect-executable', 'mprotect'),
  denied('pkey-mprotect', 'pkey_mprotect', either),
  denied('lock-memory', 'mlock', either),
  denied('userfaultfd', 'userfaultfd', either),
  denied('shared-memory', 'shmget'),
  { attempt: 'memory-bomb', reason: 'out-of-memory', control: 'did' },
  { attempt: 'heap-bomb', reason: 'out-of-memory', control: 'did' },
  { attempt: 'large-block', reason: 'out-of-memory', control: 'did' },
  { attempt: 'page-table-bomb', reason: 'out-of-memory', control: 'did' },
  { attempt: 'stack-bomb', reason: 'crashed', signal: 'SIGSEGV', control: { signal: 'SIGSEGV' } },
];

const descriptors: readonly AttackRow[] = [
  denied('dup', 'dup'),
  denied('dup-over-input', 'dup3'),
  denied('fcntl', 'fcntl'),
  denied('close-input-early', 'close'),
  denied('close-range', 'close_range'),
  denied('pipe', 'pipe2'),
  denied('eventfd', 'eventfd2'),
  denied('timerfd', 'timerfd_create'),
  denied('epoll', 'epoll_create1'),
  denied('splice', 'splice', either),
  denied('ioctl-fionread', 'ioctl'),
  denied('ioctl-push-terminal', 'ioctl', 'reached'),
  { attempt: 'inherited-descriptors', reason: 'failed', exitCode: 3, output: 'nothing', control: 'did' },
  { attempt: 'environment', reason: 'failed', exitCode: 3, output: 'nothing', control: 'did' },
];

const kernel: readonly AttackRow[] = [
  denied('io-uring', 'io_uring_setup', either),
  denied('bpf', 'bpf', 'reached'),
  denied('perf', 'perf_event_open', either),
  denied('keyctl', 'keyctl', either),
  denied('add-key', 'add_key', either),
  denied('personality', 'personality'),
  denied('prctl', 'prctl'),
  denied('prctl-undo-death', 'prctl'),
  denied('seccomp', 'seccomp', 'reached'),
  denied('unshare', 'unshare'),
  denied('setns', 'setns', 'reached'),
  denied('setuid', 'setuid', either),
  denied('capset', 'capset', 'reached'),
  denied('init-module', 'init_module', 'reached'),
  denied('kexec', 'kexec_load', 'reached'),
  denied('reboot', 'reboot', 'reached'),
  denied('syslog', 'syslog', either),
  denied('sethostname', 'sethostname', 'reached'),
  denied('uname', 'uname'),
  denied('sysinfo', 'sysinfo'),
  denied('clock-settime', 'clock_settime', 'reached'),
  denied('signal-handler', 'rt_sigaction'),
  denied('interval-timer', 'setitimer'),
  denied('message-queue', 'msgget'),
  denied('unknown-number', 'syscall_1999', 'reached'),
];

const x86: readonly AttackRow[] = [
  { attempt: 'division', reason: 'crashed', signal: 'SIGFPE', control: { signal: 'SIGFPE' } },
  denied('open-old', 'open'),
  denied('read-thread-pointer', 'arch_prctl'),
  denied('set-gs', 'arch_prctl'),
  denied('ports', 'ioperm', either),
  denied('modify-ldt', 'modify_ldt', either),
  // Kernels may lack these entries; the filter names them all the same.
  denied('int80', 'i386:getpid', either),
  denied('int80-open', 'i386:open', 'reached'),
  denied('x32-read', 'x32:read', either),
  denied('x32-open', 'x32:openat', either),
];

const arm: readonly AttackRow[] = [
  denied('flush-code', 'cacheflush'),
  denied('read-thread-register', 'get_tls', either),
];

const time: readonly AttackRow[] = [
  { attempt: 'spin', reason: 'cpu-timeout', cpuMs: 50, control: 'did' },
  { attempt: 'spin-for-ever', reason: 'wall-timeout', wallMs: 100, control: 'endless' },
  { attempt: 'sleep', reason: 'wall-timeout', wallMs: 100, control: 'endless' },
];

const output: readonly AttackRow[] = [
  { attempt: 'output-flood', reason: 'output-limit', control: { bytes: 8 * 1024 * 1024 + 3 } },
  {
    attempt: 'bytewise-output',
    reason: 'completed',
    exitCode: 0,
    harmless: true,
    control: { bytes: 100_003 },
  },
  { attempt: 'errno-flood', reason: 'syscall-denied', syscall: 'getpid', control: 'did' },
];

const ends: readonly AttackRow[] = [
  { attempt: 'null-pointer', reason: 'crashed', signal: 'SIGSEGV', control: { signal: 'SIGSEGV' } },
  { attempt: 'illegal-instruction', reason: 'crashed', signal: 'SIGILL', control: { signal: 'SIGILL' } },
  { attempt: 'write-code', reason: 'crashed', signal: 'SIGSEGV', control: { signal: 'SIGSEGV' } },
  { attempt: 'abort', reason: 'crashed', signal: 'SIGABRT', control: { signal: 'SIGABRT' } },
  { attempt: 'exit-code', reason: 'failed', exitCode: 7, harmless: true, control: { code: 7 } },
  { attempt: 'success', reason: 'completed', exitCode: 0, harmless: true, output: 'did', control: 'did' },
];

// Names that the 32-bit ABI has for the same thing.
const armNames: Readonly<Record<string, string>> = {
  mmap: 'mmap2',
  newfstatat: 'fstatat64',
};
const onArm = (row: AttackRow): AttackRow => ({
  ...row,
  ...(typeof row.syscall === 'string' && { syscall: armNames[row.syscall] ?? row.syscall }),
  // 64 GB don't fit, so the kernel refuses.
  ...(row.attempt === 'page-table-bomb' && { control: either }),
});

function rows(arch: LauncherArch): readonly AttackRow[] {
  const own = { x86_64: x86, aarch64: [], armv7: arm }[arch];
  const all = [files, network, processes, memory, descriptors, kernel, own, time, output, ends].flat();
  return arch === 'armv7' ? all.map(onArm) : all;
}

export const nativeAttacks: AttackSuite = {
  runtime: 'native',
  rows,
  launcher: ({ launcher }) => ({ program: launcher, arguments: [] }),
  async attempts({ programs }) {
    const { stdout } = await promisify(execFile)(join(programs, 'attempts'), ['--list']);
    return stdout.trim().split('\n');
  },
  inside: (_attempt, { programs }) => ({ program: join(programs, 'attempts') }),
  outside: (_attempt, { programs }) => [join(programs, 'attempts')],
};
