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
