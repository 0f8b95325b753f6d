// What a fuzz target is: libFuzzer's entry, and seeds for our own driver. A broken promise of the code under test ends the
// program, as an error of ASan or UBSan does.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// How many inputs of our own driver every `make test` can afford.
extern const unsigned fuzz_iterations;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seed {
  const uint8_t *bytes;
  size_t length;
};
// Well-formed inputs, from which others are made by mutation; valid for ever.
size_t fuzz_seeds(struct seed *out, size_t most);

#define PROMISE(condition)                                                    \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                \
    }                                                                         \
  } while (0)

// Takes an input apart; zeros when it is used up.
struct taker {
  const uint8_t *at;
  size_t left;
};
static inline uint64_t take(struct taker *t, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; i++) {
    value = value << 8 | (t->left > 0 ? *t->at : 0);
    if (t->left > 0) t->at++, t->left--;
  }
  return value;
}

// A golden frame (schemas/golden/launcher), header included; runs in android-shim/launcher. 0 when it is missing.
enum { GOLDEN_MAX = 4096 };
static inline size_t golden(const char *name, uint8_t out[GOLDEN_MAX]) {
  char path[256];
  size_t length = 0;
  unsigned byte = 0;
  snprintf(path, sizeof path, "../../schemas/golden/launcher/%s.hex", name);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  while (length < GOLDEN_MAX && fscanf(file, "%2x", &byte) == 1) out[length++] = (uint8_t)byte;
  fclose(file);
  return length;
}
