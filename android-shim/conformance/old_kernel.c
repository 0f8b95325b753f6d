// `old-kernel [no-ptrace|no-seccomp] PROGRAM ARGUMENTS`: runs a program as if the kernel were one from before 5.3: no
// pidfd, close_range, clone3, Landlock, and no filter that notifies. With the first word, one that lets nobody trace
// besides, or has no filters at all. Not a sandbox: what is answered here is only what such a kernel lacks.
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
// The number is loaded; these leave it so, or answer.
#define LACKS(call, error) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(error)
#define LACKS_IF(condition, call, error) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (condition) ? SYS_##call : ~0u, 0, 1), ANSWER(error)

int main(int argc, char **argv) {
  int no_ptrace = argc > 1 && strcmp(argv[1], "no-ptrace") == 0, no_seccomp = argc > 1 && strcmp(argv[1], "no-seccomp") == 0;
  char **command = argv + 1 + (no_ptrace || no_seccomp);
  struct sock_filter filter[] = {
      LOAD(nr),
      LACKS(pidfd_open, ENOSYS),
      LACKS(pidfd_send_signal, ENOSYS),
      LACKS(clone3, ENOSYS),
      LACKS(close_range, ENOSYS),
      LACKS(landlock_create_ruleset, ENOSYS),
      LACKS_IF(no_ptrace, ptrace, EPERM),
      LACKS_IF(no_seccomp, seccomp, ENOSYS),
      // seccomp: one operation, no flags.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 5),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_SET_MODE_FILTER, 0, 2),
      LOAD(args[1]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
      ANSWER(EINVAL),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (argc < 2 || *command == NULL) return 64;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    perror("seccomp");
    return 1;
  }
  execv(command[0], command);
  perror(command[0]);
  return 1;
}
