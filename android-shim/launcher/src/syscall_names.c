// See syscall_names.h.
#include "syscall_names.h"

#include <asm/unistd.h>
#include <stddef.h>

struct named {
  int number;
  const char *name;
};

static const char *find(const struct named *table, size_t count, int number) {
  for (size_t i = 0; i < count; i++)
    if (table[i].number == number) return table[i].name;
  return NULL;
}

const char *native_syscall_name(int number) {
#define NATIVE(call) {__NR_##call, #call},
#define FOREIGN(call, value)
  static const struct named table[] = {
#include "names.inc"
#if defined(__arm__)
      // The processor's own (__ARM_NR_...), not among the headers' numbers.
      {0x0f0001, "breakpoint"}, {0x0f0002, "cacheflush"}, {0x0f0003, "usr26"},
      {0x0f0004, "usr32"},      {0x0f0005, "set_tls"},    {0x0f0006, "get_tls"},
#endif
  };
#undef NATIVE
#undef FOREIGN
  return find(table, sizeof table / sizeof *table, number);
}

const char *foreign_syscall_name(int number) {
#define NATIVE(call)
#define FOREIGN(call, value) {value, #call},
  static const struct named table[] = {
#include "names.inc"
      {-1, ""},
  };
#undef NATIVE
#undef FOREIGN
  return number < 0 ? NULL : find(table, sizeof table / sizeof *table, number);
}
