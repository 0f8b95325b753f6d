// Shared by the parts of phone-init: errors, small file helpers, the identity that phone processes get.
#ifndef ABHAYA_PHONE_H
#define ABHAYA_PHONE_H

#include <stdbool.h>
#include <sys/types.h>

#define SHELL_UID 2000  // AID_SHELL: what adb's shell is on a phone
#define EXIT_SETUP 125  // phone-init itself failed; a command's own exit code is passed through

// Prints "phone-init: what: strerror" and ends the process with EXIT_SETUP.
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

bool write_all(int fd, const void *data, size_t length);
bool write_text_file(const char *path, const char *text);

// tree.c: one step of the mount plan, taken from the arguments.
typedef struct {
  const char *kind;    // "ro", "rw", "link" or "dir"
  const char *source;  // "link": the target; "dir": unused
  const char *target;  // absolute path inside the phone
} plan_step;

// Builds the phone's file tree below root (a tmpfs, made read-only at the end). Needs CAP_SYS_ADMIN.
void build_tree(const char *root, const plan_step *steps, int count);
// Mounts /proc and /dev/pts of the new namespaces and makes root the only root.
void enter_tree(const char *root);

// privilege.c: becomes uid and gid 2000 without any capability, for good.
void become_shell(void);
// The same while capabilities are kept for mounting; finish with drop_capabilities.
void become_shell_keeping_capabilities(void);
void drop_capabilities(void);

// boot.c and enter.c: the two modes. Return the exit code.
int boot_main(int argc, char **argv);
int enter_main(int argc, char **argv);

// pty.c: relays between our stdin/stdout and the terminal until its last user is gone.
void relay_terminal(int master, int control);
void set_window_size(int master, const char *text);

#endif
