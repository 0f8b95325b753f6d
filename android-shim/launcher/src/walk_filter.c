// See walk_filter.h.
#include "walk_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>

#include "syscall_names.h"

enum { NUMBERS_END = 4096, ARM_PRIVATE = 0x0f0000, ARM_PRIVATE_END = 0x0f0100, X32 = 0x40000000, DEPTH_MAX = 4096 };

struct walk {
  const struct sock_filter *filter;
  size_t count;
  uint32_t arch, number;
  unsigned depth;
};

static unsigned answer_of(uint32_t action) {
  switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW: return WALK_ALLOW;
    case SECCOMP_RET_USER_NOTIF:
    case SECCOMP_RET_TRACE: return WALK_NOTIFY;
    default: return WALK_OTHER;
  }
}

// False: not a comparison that filters are made of.
static bool compare(uint16_t operation, uint32_t value, uint32_t k, bool *result) {
  switch (operation) {
    case BPF_JEQ: *result = value == k; return true;
    case BPF_JGT: *result = value > k; return true;
    case BPF_JGE: *result = value >= k; return true;
    case BPF_JSET: *result = (value & k) != 0; return true;
    default: return false;
  }
}

// `known`: the accumulator's value is; otherwise it came from an argument and may be anything.
static unsigned follow(struct walk *w, size_t at, bool known, uint32_t value) {
  // Jumps lead forward, so a way has an end; their number has, too, as every fork is a comparison of an argument.
  if (++w->depth > DEPTH_MAX) return WALK_OTHER;
  for (; at < w->count; at++) {
    const struct sock_filter *i = &w->filter[at];
    switch (BPF_CLASS(i->code)) {
      case BPF_LD:
        if (i->code != (BPF_LD | BPF_W | BPF_ABS)) return WALK_OTHER;
        known = i->k == offsetof(struct seccomp_data, nr) || i->k == offsetof(struct seccomp_data, arch);
        value = i->k == offsetof(struct seccomp_data, nr) ? w->number : w->arch;
        break;
      case BPF_ALU:
        if (i->code != (BPF_ALU | BPF_AND | BPF_K)) return WALK_OTHER;
        value &= i->k;
        break;
      case BPF_RET: return i->code == (BPF_RET | BPF_K) ? answer_of(i->k) : WALK_OTHER;
      case BPF_JMP: {
        if (BPF_SRC(i->code) != BPF_K) return WALK_OTHER;
        if (BPF_OP(i->code) == BPF_JA) {
          at += i->k;
          break;
        }
        bool result = false;
        if (!compare(BPF_OP(i->code), value, i->k, &result)) return WALK_OTHER;
        if (!known)
          return follow(w, at + 1 + i->jt, false, value) | follow(w, at + 1 + i->jf, false, value);
        at += result ? i->jt : i->jf;
        break;
      }
      default: return WALK_OTHER;
    }
  }
  return WALK_OTHER; // it fell off the end
}

unsigned walk_filter(const struct sock_filter *filter, size_t count, uint32_t arch, uint32_t number) {
  struct walk w = {filter, count, arch, number, 0};
  return follow(&w, 0, true, 0);
}

void visit_numbers(const struct sock_filter *filter, size_t count, number_visitor visit, void *context) {
  for (uint32_t number = 0; number < NUMBERS_END; number++) visit(number, context);
  for (uint32_t number = ARM_PRIVATE; number < ARM_PRIVATE_END; number++) visit(number, context);
  for (uint32_t number = X32; number < X32 + NUMBERS_END; number++) visit(number, context);
  for (size_t i = 0; i < count; i++) {
    if (BPF_CLASS(filter[i].code) != BPF_JMP) continue;
    for (int beside = -1; beside <= 1; beside++) {
      uint32_t number = filter[i].k + (uint32_t)beside;
      bool seen = number < NUMBERS_END || (number >= ARM_PRIVATE && number < ARM_PRIVATE_END) ||
                  (number >= X32 && number < X32 + NUMBERS_END);
      if (!seen) visit(number, context);
    }
  }
}

struct printing {
  const struct sock_filter *filter;
  size_t count, printed;
  uint32_t arch;
  unsigned wanted; // answers of which one must be there
  unsigned foreign;
  bool bare;
  FILE *out;
};

static void print_number(uint32_t number, void *context) {
  struct printing *p = context;
  unsigned answers = walk_filter(p->filter, p->count, p->arch, number);
  if ((answers & p->wanted) == 0) return;
  const char *name = (number & X32) == 0 ? native_syscall_name((int)number) : NULL;
  fprintf(p->out, "%s%s\"", p->printed++ == 0 ? "" : ",", p->bare ? "" : "{\"name\":");
  if (name != NULL)
    fprintf(p->out, "%s\"", name);
  else
    fprintf(p->out, "syscall_%u\"", number);
  if (!p->bare) fprintf(p->out, ",\"always\":%s}", answers == WALK_ALLOW ? "true" : "false");
}

static void add_foreign(uint32_t number, void *context) {
  struct printing *p = context;
  p->foreign |= walk_filter(p->filter, p->count, ~p->arch, number);
}

void print_walk(const struct sock_filter *filter, size_t count, uint32_t arch, FILE *out) {
  struct printing allows = {filter, count, 0, arch, WALK_ALLOW, 0, false, out};
  struct printing others = {filter, count, 0, arch, WALK_OTHER, 0, true, out};
  fprintf(out, "{\"instructions\":%zu,\"allows\":[", count);
  visit_numbers(filter, count, print_number, &allows);
  fprintf(out, "],\"others\":[");
  visit_numbers(filter, count, print_number, &others);
  visit_numbers(filter, count, add_foreign, &others);
  fprintf(out, "],\"foreign\":\"%s\",\"program\":\"",
          others.foreign == WALK_NOTIFY ? "asked" : (others.foreign & WALK_ALLOW) != 0 ? "allowed" : "other");
  // As the kernel keeps it: 16 bits of code, 8 and 8 of jumps, 32 of constant.
  for (size_t i = 0; i < count; i++)
    fprintf(out, "%04x%02x%02x%08x", filter[i].code, filter[i].jt, filter[i].jf, filter[i].k);
  fprintf(out, "\"}");
}
