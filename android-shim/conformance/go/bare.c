// The few things of a libc that attempts.c uses, without a libc's start, which makes calls that no program in Go makes: so the
// same attempts run under the table for Go. Linked instead of libc.
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

char **environ;
static int last_error;
int *__errno_location(void) { return &last_error; }

long syscall(long number, ...) {
  long a[6], result;
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
#if defined(__x86_64__)
  register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
#else
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a[0], x1 __asm__("x1") = a[1], x2 __asm__("x2") = a[2];
  register long x3 __asm__("x3") = a[3], x4 __asm__("x4") = a[4], x5 __asm__("x5") = a[5];
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  result = x0;
#endif
  if (result >= 0 || result < -4095) return result;
  last_error = (int)-result;
  return -1;
}

ssize_t read(int fd, void *into, size_t size) { return syscall(SYS_read, fd, into, size); }
void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}
int strcmp(const char *a, const char *b) {
  for (; *a != '\0' && *a == *b; a++, b++) continue;
  return (unsigned char)*a - (unsigned char)*b;
}
int strncmp(const char *a, const char *b, size_t length) {
  for (; length > 0 && *a != '\0' && *a == *b; a++, b++, length--) continue;
  return length == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}
void *memset(void *at, int value, size_t length) {
  for (volatile char *p = at; length > 0; length--) *p++ = (char)value;
  return at;
}
int puts(const char *text) {
  syscall(SYS_write, 1, text, strlen(text));
  return (int)syscall(SYS_write, 1, "\n", 1);
}

// Only `reached %d` is ever printed.
int snprintf(char *out, size_t size, const char *format, ...) {
  static const char word[] = "reached ";
  char digits[12];
  size_t count = 0, length = 0;
  va_list list;
  va_start(list, format);
  unsigned value = (unsigned)va_arg(list, int);
  va_end(list);
  do digits[count++] = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  while (length < sizeof word - 1 && length + 1 < size) out[length] = word[length], length++;
  while (count > 0 && length + 1 < size) out[length++] = digits[--count];
  out[length] = '\0';
  return (int)length;
}

// Never given back: the heap of an attempt that wants all there is.
void *malloc(size_t size) {
  static char *block;
  static size_t left;
  const size_t piece = 1 << 20;
  if (size > left) {
    size_t length = size > piece ? size : piece;
    char *got = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED) return NULL;
    block = got;
    left = length;
  }
  char *own = block;
  block += size;
  left -= size;
  return own;
}

void abort(void) {
  long self = syscall(SYS_gettid, 0, 0, 0, 0, 0, 0); // of the first thread: the process's
  for (;;) syscall(SYS_tgkill, self, self, SIGABRT);
}

int main(int argc, char **argv);
static __attribute__((used)) _Noreturn void bare_start(long *stack) {
  int argc = (int)stack[0];
  char **argv = (char **)(stack + 1);
  environ = argv + argc + 1;
  int code = main(argc, argv);
  for (;;) syscall(SYS_exit_group, code);
}
#if defined(__x86_64__)
__asm__(".text\n.globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall bare_start\n");
#else
__asm__(".text\n.globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl bare_start\n");
#endif
