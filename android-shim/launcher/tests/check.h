// The smallest test harness that prints TAP. A failed check names its line; the program's exit code is the verdict.
#pragma once

#include <stdbool.h>
#include <stdio.h>

static int checks_done, checks_failed;

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

static inline void check(bool passed, const char *text, const char *file, int line) {
  checks_done++;
  if (!passed) checks_failed++;
  printf("%s %d - %s:%d %s\n", passed ? "ok" : "not ok", checks_done, file, line, text);
}

static inline int finish_checks(void) {
  printf("1..%d\n# %d passed, %d failed\n", checks_done, checks_done - checks_failed, checks_failed);
  return checks_failed == 0 && checks_done > 0 ? 0 : 1;
}
