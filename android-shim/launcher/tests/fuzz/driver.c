// A driver without coverage feedback, for compilers without libFuzzer, and for every `make test`: the same inputs each
// time, made by mutating seeds. `fuzz_x [iterations [start]]`, `fuzz_x FILE...` to run inputs that were found once, or
// `fuzz_x --seeds FOLDER` to write the seeds there for libFuzzer.
// When the program dies, the input that did it stands on stderr in hex.
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

// Not there where what is undefined traps.
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

enum { INPUT_MAX = 20000, SEEDS_MAX = 64, MUTATIONS_MAX = 8 };

static uint8_t input[INPUT_MAX];
static size_t input_length;
static uint64_t state, iteration;

// xorshift64*: the same numbers on every machine.
static uint64_t number(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1d;
}
static size_t below(size_t limit) { return limit == 0 ? 0 : (size_t)(number() % limit); }

static void tell(void) {
  fprintf(stderr, "died of iteration %llu, %zu bytes:\n", (unsigned long long)iteration, input_length);
  for (size_t i = 0; i < input_length; i++) fprintf(stderr, "%02x", input[i]);
  fprintf(stderr, "\n");
}

static void insert(size_t at, const uint8_t *bytes, size_t length) {
  if (length > INPUT_MAX - input_length) length = INPUT_MAX - input_length;
  memmove(input + at + length, input + at, input_length - at);
  memmove(input + at, bytes, length);
  input_length += length;
}

static void mutate(const struct seed *seeds, size_t count) {
  static const uint64_t interesting[] = {0, 1, 2, 3, 5, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
                                         0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff};
  static uint8_t copy[INPUT_MAX];
  size_t at = below(input_length);
  switch (below(8)) {
    case 0:
      if (input_length > 0) input[at] ^= (uint8_t)(1u << below(8));
      return;
    case 1:
      if (input_length > 0) input[at] = (uint8_t)number();
      return;
    case 2: { // a number of some width, big or little-endian
      uint64_t value = interesting[below(sizeof interesting / sizeof *interesting)];
      size_t width = (size_t)1 << below(4);
      bool little = below(2) == 0;
      for (size_t i = 0; i < width && at + i < input_length; i++)
        input[at + i] = (uint8_t)(value >> 8 * (little ? i : width - 1 - i));
      return;
    }
    case 3: { // a part is left out
      size_t length = below(input_length - at) + (input_length > at ? 1 : 0);
      memmove(input + at, input + at + length, input_length - at - length);
      input_length -= length;
      return;
    }
    case 4: { // a part is there twice
      size_t length = below(input_length - at);
      memcpy(copy, input + at, length);
      insert(at, copy, length);
      return;
    }
    case 5: { // a part of another seed
      const struct seed *other = &seeds[below(count)];
      size_t from = below(other->length);
      insert(at, other->bytes + from, below(other->length - from + 1));
      return;
    }
    case 6: { // noise
      size_t length = below(16);
      for (size_t i = 0; i < length; i++) copy[i] = (uint8_t)number();
      insert(at, copy, length);
      return;
    }
    default: input_length = at; return;
  }
}

static void make_input(const struct seed *seeds, size_t count) {
  const struct seed *seed = &seeds[below(count)];
  input_length = 0;
  insert(0, seed->bytes, seed->length);
  for (size_t left = below(MUTATIONS_MAX) + 1; left > 0; left--) mutate(seeds, count);
}

// On the heap and of the exact size: a byte too far is seen.
static void run(void) {
  uint8_t *exact = malloc(input_length == 0 ? 1 : input_length);
  if (exact == NULL) abort();
  memcpy(exact, input, input_length);
  LLVMFuzzerTestOneInput(exact, input_length);
  free(exact);
}

static int run_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return 1;
  input_length = fread(input, 1, sizeof input, file);
  fclose(file);
  run();
  return 0;
}

static int write_seeds(const struct seed *seeds, size_t count, const char *folder) {
  char path[4096];
  for (size_t i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(seeds[i].bytes, 1, seeds[i].length, file) != seeds[i].length || fclose(file) != 0) return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  struct seed seeds[SEEDS_MAX];
  size_t count = fuzz_seeds(seeds, SEEDS_MAX);
  char *end = NULL;
  uint64_t iterations = argc > 1 ? strtoull(argv[1], &end, 10) : fuzz_iterations;
  if (__sanitizer_set_death_callback != NULL) __sanitizer_set_death_callback(tell);
  if (argc == 3 && strcmp(argv[1], "--seeds") == 0) return write_seeds(seeds, count, argv[2]);
  if (argc > 1 && *end != '\0') {
    for (int i = 1; i < argc; i++)
      if (run_file(argv[i]) != 0) return 1;
    return 0;
  }
  if (count == 0) {
    printf("not ok 1 - no seeds\n");
    return 1;
  }
  for (size_t i = 0; i < count; i++) {
    input_length = 0;
    insert(0, seeds[i].bytes, seeds[i].length);
    run();
  }
  for (iteration = argc > 2 ? strtoull(argv[2], NULL, 10) : 0; iterations-- > 0; iteration++) {
    state = (iteration + 1) * 0x9e3779b97f4a7c15;
    make_input(seeds, count);
    run();
  }
  const char *slash = strrchr(argv[0], '/');
  printf("ok 1 - %s, %zu seeds, to iteration %llu\n1..1\n", slash == NULL ? argv[0] : slash + 1, count,
         (unsigned long long)iteration);
  return 0;
}
