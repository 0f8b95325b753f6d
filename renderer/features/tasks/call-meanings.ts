// What a system call does, for people who don't know the kernel's names. Pure.

const meanings: readonly (readonly [meaning: string, calls: string])[] = [
  ['opens a file', 'open openat openat2 creat open_by_handle_at name_to_handle_at'],
  [
    'looks at files or folders',
    'stat lstat fstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64 statfs fstatfs getcwd chdir fchdir inotify_init1 fanotify_init',
  ],
  [
    'changes files or folders',
    'unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat symlink symlinkat chmod fchmod fchmodat chown fchown lchown fchownat truncate ftruncate utimensat mknod mknodat setxattr',
  ],
  [
    'uses the network, or a socket to another process',
    'socket socketpair socketcall connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg getsockopt setsockopt getsockname getpeername shutdown',
  ],
  ['starts another program', 'execve execveat'],
  ['makes another process or thread', 'fork vfork clone clone3'],
  ['sends a signal to a process', 'kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal'],
  [
    'looks into another process or steers it',
    'ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd kcmp process_madvise migrate_pages move_pages sched_setaffinity sched_setscheduler setpriority',
  ],
  [
    'changes its memory in a way that could run new code, or takes a kind that is not counted',
    'mmap mmap2 mprotect mremap pkey_mprotect remap_file_pages memfd_create memfd_secret shmget shmat shmctl userfaultfd mlock mlockall',
  ],
  [
    'hands work to the kernel past the filter',
    'io_uring_setup io_uring_enter io_uring_register io_setup io_submit',
  ],
  ['loads code into the kernel', 'bpf init_module finit_module delete_module kexec_load kexec_file_load'],
  [
    'changes which file systems or namespaces it sees',
    'mount umount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsmount mount_setattr',
  ],
  [
    'changes its own rights or limits',
    'prctl seccomp capset setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid prlimit64 setrlimit personality landlock_create_ruleset landlock_restrict_self',
  ],
  [
    'changes the whole system',
    'reboot sethostname setdomainname settimeofday clock_settime adjtimex clock_adjtime syslog swapon swapoff acct quotactl iopl ioperm modify_ldt',
  ],
  ['watches what the processor does', 'perf_event_open lookup_dcookie'],
  ['reads or writes the kernel’s store of keys', 'keyctl add_key request_key'],
  ['talks to a device', 'ioctl'],
  [
    'makes or copies descriptors',
    'dup dup2 dup3 pipe pipe2 fcntl eventfd eventfd2 signalfd4 timerfd_create epoll_create epoll_create1 close_range',
  ],
  ['talks to other processes', 'mq_open msgget msgsnd semget semop futex_waitv'],
];

const byName: ReadonlyMap<string, string> = new Map(
  meanings.flatMap(([meaning, calls]) => calls.split(' ').map((call) => [call, meaning] as const)),
);

/** Goes on after "which"; undefined for a call that nobody wrote about. */
export const callMeaning = (call: string): string | undefined => byName.get(call);
