// For tests of tables: the filter that is made of `policy`, run by a small interpreter of classic BPF, and the judgements.
#pragma once

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "../src/policy.h"

#if defined(__arm__)
#define SYS_mmap SYS_mmap2 // the same; there is no other in this ABI
#endif

enum { MEMORY = 64 << 20 };
static struct sock_filter filter[FILTER_MAX];
static size_t filter_length;
static const struct policy *policy = &native_policy;

// What the kernel would answer: only the instructions that build_filter uses.
static uint32_t run_filter(const struct seccomp_data *data) {
  uint32_t accumulator = 0;
  for (size_t at = 0; at < filter_length; at++) {
    const struct sock_filter *i = &filter[at];
    switch (i->code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (i->k > sizeof *data - 4 || i->k % 4 != 0) abort();
        memcpy(&accumulator, (const char *)data + i->k, 4);
        break;
      case BPF_ALU | BPF_AND | BPF_K: accumulator &= i->k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += accumulator == i->k ? i->jt : i->jf; break;
      case BPF_JMP | BPF_JGT | BPF_K: at += accumulator > i->k ? i->jt : i->jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += accumulator >= i->k ? i->jt : i->jf; break;
      case BPF_RET | BPF_K: return i->k;
      default: abort();
    }
  }
  abort();
}

static struct seccomp_data call(int number, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  return (struct seccomp_data){.nr = number, .arch = policy->audit_arch, .args = {a, b, c, d}};
}

static bool allows(struct seccomp_data data) { return run_filter(&data) == SECCOMP_RET_ALLOW; }

static enum judgement judge(struct seccomp_data data) {
  size_t index = 0;
  return judge_call(policy, &data, MEMORY, &index);
}

static bool starts(struct seccomp_data data, enum judgement expected) {
  size_t index = 0;
  return judge_start_call(policy, &data, &index) == expected;
}
