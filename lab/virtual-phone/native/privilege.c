// From whoever we are to adb's shell user: uid and gid 2000, no groups, no capability, no way back.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void set_capabilities(bool keep) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct data[2];
  memset(data, 0, sizeof data);
  if (keep) {
    if (syscall(SYS_capget, &header, data) != 0) die("capget");
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
  }
  if (syscall(SYS_capset, &header, data) != 0) die("capset");
}

static void set_ids(void) {
  // An ordinary user's namespace forbids setgroups; the groups then stay, unmapped and without a name.
  if (setgroups(0, NULL) != 0 && errno != EPERM) die("setgroups");
  if (setresgid(SHELL_UID, SHELL_UID, SHELL_UID) != 0) die("setresgid");
  if (setresuid(SHELL_UID, SHELL_UID, SHELL_UID) != 0) die("setresuid");
}

void drop_capabilities(void) {
  for (int capability = 0; capability <= CAP_LAST_CAP; capability++) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) die("PR_CAPBSET_DROP");
  }
  (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) die("PR_SET_KEEPCAPS");
  set_capabilities(false);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("PR_SET_NO_NEW_PRIVS");
}

void become_shell_keeping_capabilities(void) {
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) die("PR_SET_KEEPCAPS");
  set_ids();
  set_capabilities(true);
}

void become_shell(void) {
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) die("PR_SET_KEEPCAPS");
  set_ids();
  set_capabilities(true);  // CAP_SETPCAP is needed to empty the bounding set
  drop_capabilities();
}
