// The order of the security steps. See child.h. The child shares the launcher's descriptor table until it is locked
// (that is how the launcher gets the listener), so nothing here may close or replace a descriptor before `unshare`; where
// it is traced, it has a table of its own from the beginning.
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"

static char empty_path[] = "";
static char program_name[] = "service";
char *const native_arguments[] = {program_name, NULL};
static char load_name[] = LOAD_NAME;
char *const load_arguments[] = {load_name, NULL};
// One arena for malloc: with a second one, glibc asks for processors when it makes it and opens a file when it trims it.
static char one_arena[] = "MALLOC_ARENA_MAX=1";
char *const runtime_environment[] = {one_arena, NULL};

const char *step_name(uint32_t step) {
  switch (step) {
    case STEP_PARENT_DEATH: return "parent-death";
    case STEP_SESSION: return "session";
    case STEP_RLIMITS: return "rlimits";
    case STEP_CAPABILITIES: return "capabilities";
    case STEP_NO_NEW_PRIVS: return "no-new-privs";
    case STEP_SIGNALS: return "signals";
    case STEP_SECCOMP: return "seccomp";
    case STEP_DESCRIPTORS: return "descriptors";
    case STEP_EXEC: return "exec";
    default: return "start";
  }
}

// --- mandatory steps: 0, or -1 with errno ---

// Its word that it traces us, after which its death is ours. It may have died before: then the pipe ends.
static int wait_for_tracer(const struct child_plan *plan) {
  char byte = 0;
  close(plan->go[1]); // our copy: this table is our own
  if (read(plan->go[0], &byte, 1) == 1) return 0;
  errno = ESRCH;
  return -1;
}

static int die_with_launcher(const struct child_plan *plan) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  if (plan->go[0] >= 0) return wait_for_tracer(plan);
  // The launcher may have died before the line above: its pidfd is readable then.
  struct pollfd launcher = {.fd = plan->launcher, .events = POLLIN};
  if (poll(&launcher, 1, 0) == 0) return 0;
  errno = ESRCH;
  return -1;
}

static int limit(int resource, uint64_t value) {
  struct rlimit both = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
  return setrlimit((__rlimit_resource_t)resource, &both);
}

// RLIMIT_NOFILE comes last, from the launcher, as the child still needs descriptors; so does RLIMIT_NPROC where a
// runtime makes threads before the lock.
static int set_limits(const struct child_plan *plan) {
  const struct {
    int resource;
    uint64_t value;
  } limits[] = {
      {RLIMIT_DATA, plan->memory_bytes}, {RLIMIT_AS, plan->address_bytes}, {RLIMIT_CPU, plan->cpu_seconds},
      {RLIMIT_STACK, plan->stack_bytes}, {RLIMIT_FSIZE, 0},                {RLIMIT_CORE, 0},
      {RLIMIT_MEMLOCK, 0},               {RLIMIT_MSGQUEUE, 0},             {RLIMIT_RTPRIO, 0},
      {RLIMIT_NICE, 0},
  };
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    if (limit(limits[i].resource, limits[i].value) != 0) return -1;
  if (plan->folder != NULL) return 0;
  // In a user namespace of its own nobody else's processes are counted; elsewhere the launcher counts threads alone.
  if (plan->threads > 0 && (plan->namespaces & CLONE_NEWUSER) == 0) return 0;
  return limit(RLIMIT_NPROC, plan->threads == 0 ? 0 : (uint64_t)plan->threads + 1);
}

// A launcher run by root, and any child in its own user namespace, has capabilities here; after this none.
static int drop_capabilities(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[2];
  memset(none, 0, sizeof none);
  // Both need CAP_SETPCAP; who lacks that has nothing to drop.
  (void)prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                     SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                                     SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
  for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap) == 0; cap++) continue;
  return (int)syscall(SYS_capset, &header, none);
}

static int reset_signals(void) {
  sigset_t none;
  if (signal(SIGPIPE, SIG_DFL) == SIG_ERR) return -1;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, NULL);
}

// --- optional layers: true where in force ---

// pivot_root(".", ".") stacks the old root on the new one; the detach then removes it.
static bool enter(const char *root) {
  return chdir(root) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

// A root that holds the runtime and nothing else, to read only.
static bool enter_runtime_root(const char *folder) {
  unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV;
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount(folder, folder, NULL, MS_BIND, NULL) == 0 &&
         mount(NULL, folder, NULL, flags, NULL) == 0 && enter(folder);
}

static bool enter_empty_root(void) {
  static const char *const places[] = {"/proc", "/tmp", "/dev", "/data/local/tmp"};
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    if (mount("none", places[i], "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=1") != 0)
      continue;
    return enter(places[i]);
  }
  return false;
}

// What Landlock is told to take away: every right that this kernel knows. Fields as of ABI 6 (uapi/linux/landlock.h);
// older kernels are told the shorter size.
struct file_rules {
  uint64_t files, network, scoped;
  size_t size; // 0: the kernel has no Landlock
};
static struct file_rules find_file_rules(void) {
  static const uint64_t rights_by_abi[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
  struct file_rules none = {0};
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return none;
  return (struct file_rules){rights_by_abi[abi < 5 ? abi : 5], abi >= 4 ? 3 : 0, abi >= 6 ? 3 : 0,
                             abi >= 6 ? 24 : abi >= 4 ? 16 : 8};
}

// Every right is taken away, but for reading and executing the program itself, or what is in the runtime's folder.
// `more` are rights beside these two.
static bool restrict_files(int place, uint64_t more) {
  struct file_rules rules = find_file_rules();
  if (rules.size == 0) return false;
  int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, rules.size, 0);
  if (ruleset < 0) return false;
  struct landlock_path_beneath_attr own = {
      .allowed_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | more, .parent_fd = place};
  bool done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &own, 0) == 0 &&
              syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return done;
}

// The device's own program reads what lies all over it.
static bool restrict_to_reading(void) {
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  bool done = root >= 0 && restrict_files(root, LANDLOCK_ACCESS_FS_READ_DIR);
  if (root >= 0) close(root);
  return done;
}

// --- the lock, and what is done under it ---

static int lock_down(const struct child_plan *plan) {
  struct sock_fprog program = {(unsigned short)plan->filter_length, (struct sock_filter *)plan->filter};
  unsigned flags = plan->go[0] >= 0 ? 0 : SECCOMP_FILTER_FLAG_NEW_LISTENER;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static struct scripted_call execute(int program, char *const *arguments, char *const *environment) {
  return (struct scripted_call){
      SYS_execveat,
      {(uint64_t)program, (uintptr_t)empty_path, (uintptr_t)arguments, (uintptr_t)environment, AT_EMPTY_PATH},
      5};
}

// Descriptors end as 0 = input, 1 = output. All others are close-on-exec: the launcher opens everything so, marks its
// own three so, and closes what it inherited (prepare in main.c). Each call here costs two context switches.
size_t write_script(const struct child_plan *plan, struct scripted_call script[SCRIPT_MAX]) {
  size_t count = 0;
  script[count++] = (struct scripted_call){SYS_unshare, {CLONE_FILES}, 1};
  script[count++] = (struct scripted_call){SYS_dup3, {(uint64_t)plan->in_pipe, 0, 0}, 3};
  script[count++] = (struct scripted_call){SYS_dup3, {(uint64_t)plan->out_pipe, 1, 0}, 3};
  // Node.js insists on a descriptor 2: it can't be written to, and our bootstrap closes it before the lock.
  if (plan->folder != NULL) script[count++] = (struct scripted_call){SYS_dup3, {(uint64_t)plan->in_pipe, 2, 0}, 3};
  script[count++] = execute(plan->program, plan->arguments, plan->environment);
  return count;
}

static int follow_script(const struct scripted_call *script, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint64_t *a = script[i].args;
    // The cast is for 32-bit machines, where an argument is as wide as a pointer.
    long result = syscall(script[i].number, (unsigned long)a[0], (unsigned long)a[1], (unsigned long)a[2],
                          (unsigned long)a[3], (unsigned long)a[4]);
    if (result < 0) return -1;
  }
  return 0;
}

static _Noreturn void fail(int status, enum setup_step step, int error) {
  struct setup_report report = {step, error, 0};
  ssize_t ignored = write(status, &report, sizeof report);
  (void)ignored;
  for (;;) syscall(SYS_exit_group, 127);
}

_Noreturn void run_child(const struct child_plan *plan) {
  struct setup_report report = {STEP_LOCKED, -1, 0};
  struct scripted_call script[SCRIPT_MAX];

  // 1. Nobody outlives the launcher.
  if (die_with_launcher(plan) != 0) fail(plan->status, STEP_PARENT_DEATH, errno);
  // 2. No controlling terminal. (The first process of a pid namespace leads a session only from here on.)
  if (setsid() < 0) fail(plan->status, STEP_SESSION, errno);
  // 3. Namespaces came with clone; the mount namespace is emptied.
  if ((plan->namespaces & CLONE_NEWUSER) != 0) report.layers |= LAYER_USER_NS;
  if ((plan->namespaces & CLONE_NEWNET) != 0) report.layers |= LAYER_NET_NS;
  if ((plan->namespaces & CLONE_NEWPID) != 0) report.layers |= LAYER_PID_NS;
  if ((plan->namespaces & CLONE_NEWIPC) != 0) report.layers |= LAYER_IPC_NS;
  if ((plan->namespaces & CLONE_NEWNS) != 0) {
    report.layers |= LAYER_MOUNT_NS;
    if (!plan->foreign && (plan->folder == NULL ? enter_empty_root() : enter_runtime_root(plan->folder)))
      report.layers |= LAYER_EMPTY_ROOT;
  }
  // Paths of a runtime's start are relative to its folder.
  if (plan->folder != NULL && (report.layers & LAYER_EMPTY_ROOT) == 0 && fchdir(plan->folder_fd) != 0)
    fail(plan->status, STEP_DESCRIPTORS, errno);
  // 4. Limits, inherited by what is executed.
  if (set_limits(plan) != 0) fail(plan->status, STEP_RLIMITS, errno);
  // 5. No capability, now or by executing anything.
  if (drop_capabilities() != 0) fail(plan->status, STEP_CAPABILITIES, errno);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(plan->status, STEP_NO_NEW_PRIVS, errno);
  // 6. No file but the program, or the runtime's.
  if (plan->foreign         ? restrict_to_reading()
      : plan->folder == NULL ? restrict_files(plan->program, 0)
                             : restrict_files(plan->folder_fd, LANDLOCK_ACCESS_FS_READ_DIR))
    report.layers |= LAYER_LANDLOCK;
  if (reset_signals() != 0) fail(plan->status, STEP_SIGNALS, errno);
  // 7. The lock. From here every call but the allowed ones is shown to the launcher.
  size_t calls = write_script(plan, script);
  report.value = lock_down(plan);
  if (report.value < 0) fail(plan->status, STEP_SECCOMP, errno);
  if (write(plan->status, &report, sizeof report) != (ssize_t)sizeof report) fail(plan->status, STEP_SECCOMP, EPIPE);
  // 8. Own descriptor table, pipes at 0 and 1, exec by descriptor, which closes the rest: each let through once.
  (void)follow_script(script, calls);
  fail(plan->status, STEP_EXEC, errno);
}
