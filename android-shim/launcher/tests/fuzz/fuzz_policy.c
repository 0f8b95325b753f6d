// Calls that no table thought of, texts of services and of the kernel, and filters that are none.
#include <linux/audit.h>
#include <string.h>

#include "../../src/memory.h"
#include "../../src/policy.h"
#include "../../src/runtime.h"
#include "../../src/stopped.h"
#include "../../src/walk_filter.h"
#include "fuzz.h"

static bool named(const char *name) {
  size_t length = strnlen(name, NAME_LIMIT);
  if (length == 0 || length == NAME_LIMIT) return false;
  for (size_t i = 0; i < length; i++)
    if ((name[i] < 'a' || name[i] > 'z') && (name[i] < '0' || name[i] > '9') && strchr("_:-", name[i]) == NULL) return false;
  return true;
}

static void judge(const struct policy *policy, struct taker t) {
  static const uint32_t arches[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM};
  char name[NAME_LIMIT];
  size_t index = SIZE_MAX;
  uint64_t memory = take(&t, 8);
  struct seccomp_data data = {.nr = (int)take(&t, 4)};
  data.arch = take(&t, 1) % 4 == 0 ? arches[take(&t, 1) % 4] : policy->audit_arch;
  for (size_t i = 0; i < 6; i++) data.args[i] = take(&t, 8);
  enum judgement verdict = judge_call(policy, &data, memory, &index);
  // Another architecture's call is denied whatever its number means here.
  PROMISE(data.arch == policy->audit_arch || verdict == JUDGE_DENY);
  PROMISE(verdict != JUDGE_START);
  // A native service has nothing to say to the launcher.
  PROMISE(policy->start_count > 0 || (verdict != JUDGE_LOCK && verdict != JUDGE_END && verdict != JUDGE_WORDS));
  if (verdict == JUDGE_ERRNO) PROMISE(index < policy->errno_count && policy->errnos[index].number == data.nr);
  index = SIZE_MAX;
  verdict = judge_start_call(policy, &data, &index);
  PROMISE(data.arch == policy->audit_arch || verdict == JUDGE_DENY);
  if (verdict == JUDGE_START || verdict == JUDGE_ERRNO)
    PROMISE(index < policy->start_count && policy->starts[index].number == data.nr);
  call_name(policy, &data, name, sizeof name);
  PROMISE(named(name));
}

static void arguments(const struct runtime *runtime, uint64_t memory) {
  struct arguments made = {0};
  runtime->arguments(memory, &made);
  size_t count = 0;
  while (count < ARGUMENTS_MAX && made.list[count] != NULL) count++;
  PROMISE(count > 0 && count < ARGUMENTS_MAX);
}

static void texts(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  struct memory memory;
  PROMISE(text != NULL);
  memcpy(text, data, size);
  text[size] = '\0';
  (void)parse_memory(text, &memory);
  size_t length = clean_words(text, size);
  PROMISE(length <= size);
  for (size_t i = 0; i < length; i++) PROMISE((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
  PROMISE(clean_words(text, length) == length); // clean is clean
  free(text);
}

static void filters(const uint8_t *data, size_t size) {
  size_t count = size / sizeof(struct sock_filter);
  struct sock_filter *filter = calloc(count + 1, sizeof *filter);
  PROMISE(filter != NULL);
  memcpy(filter, data, count * sizeof *filter);
  unsigned answers = walk_filter(filter, count, AUDIT_ARCH_X86_64, 0);
  PROMISE(answers != 0 && answers <= (WALK_ALLOW | WALK_NOTIFY | WALK_OTHER));
  free(filter);
}

// A stopped process's registers, of any length, in memory that ends where they do.
static void registers(const uint8_t *data, size_t size) {
  static const uint32_t machines[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM};
  static const size_t lengths[] = {27 * 8, 17 * 4, 34 * 8, 18 * 4};
  struct seccomp_data call;
  if (size < 2) return;
  uint32_t machine = machines[data[0] % 3];
  uint64_t message = data[0] >> 7 ? SHOWN_FOREIGN : SHOWN_NATIVE;
  size_t length = data[1] % 8 < 4 ? lengths[data[1] % 4] : data[1];
  uint8_t *bytes = calloc(1, length + 1);
  PROMISE(bytes != NULL);
  if (length > 0) memcpy(bytes + 1, data, length < size ? length : size);
  bool known = read_registers(machine, message, bytes + 1, length, &call);
  if (known) PROMISE(call.arch == machine ? message == SHOWN_NATIVE : machine != AUDIT_ARCH_ARM || message == SHOWN_FOREIGN);
  PROMISE(write_answer(machine, -1, bytes + 1, length) == known);
  free(bytes);
}

const unsigned fuzz_iterations = 50000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct taker t = {data, size};
  judge(&native_policy, t);
  for (const struct runtime *const *runtime = runtimes; *runtime != NULL; runtime++) {
    judge((*runtime)->policy, t);
    struct taker first = t;
    arguments(*runtime, take(&first, 8) % (((uint64_t)1 << 40) + 1));
  }
  texts(data, size);
  filters(data, size);
  registers(data, size);
  return 0;
}

size_t fuzz_seeds(struct seed *out, size_t most) {
  static const char status[] = "Name:\tservice\nVmPeak:\t  100 kB\nVmData:\t  12 kB\nRssAnon:\t 4 kB\nRssShmem:\t 0 kB\n"
                               "VmPTE:\t 8 kB\nVmSwap:\t 0 kB\n";
  static const char words[] = "TypeError: \xe2\x82\xac is no colour\n\tat line 1 \x1b[31m\xf0\x9f\x93\xb1";
  static struct sock_filter filter[FILTER_MAX];
  static uint8_t calls[8][8 + 4 + 1 + 6 * 8];
  if (most < 11) return 0;
  for (size_t i = 0; i < 8; i++) {
    const struct allowed_call *call = &native_policy.allowed[i];
    memset(calls[i], 0, sizeof calls[i]);
    calls[i][4] = 4; // 64 MB
    for (size_t j = 0; j < 4; j++) calls[i][8 + j] = (uint8_t)((uint32_t)call->number >> (24 - 8 * j));
    calls[i][12] = 1;
    for (size_t c = 0; c < call->check_count; c++)
      for (size_t j = 0; j < 8; j++)
        calls[i][13 + call->checks[c].argument * 8 + j] = (uint8_t)(call->checks[c].value >> (56 - 8 * j));
    out[i] = (struct seed){calls[i], sizeof calls[i]};
  }
  out[8] = (struct seed){(const uint8_t *)status, sizeof status - 1};
  out[9] = (struct seed){(const uint8_t *)words, sizeof words - 1};
  out[10] = (struct seed){(const uint8_t *)filter, build_filter(&native_policy, 64 << 20, filter) * sizeof *filter};
  return 11;
}
