// Filter and judgement made from the tables. See policy.h.
#include "policy.h"

#include <signal.h>
#include <stdio.h>

#include "policy_table.h"
#include "stopped.h"
#include "syscall_names.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { X32_BIT = 0x40000000 };

const struct policy native_policy = {
    .runtime = "native",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = allowed_calls,
    .allowed_count = COUNT(allowed_calls),
    .errnos = errno_calls,
    .errno_count = COUNT(errno_calls),
};

// --- building the filter: a rule's block is `jeq number`, its checks, ret ALLOW, ret USER_NOTIF ---

struct builder {
  struct sock_filter *out;
  size_t count;
  bool full;
};

static void emit(struct builder *b, uint16_t code, uint8_t if_true, uint8_t if_false, uint32_t k) {
  if (b->count >= FILTER_MAX) {
    b->full = true;
    return;
  }
  b->out[b->count++] = (struct sock_filter){code, if_true, if_false, k};
}

static uint32_t low_of(unsigned argument) { return (uint32_t)offsetof(struct seccomp_data, args) + argument * 8; }
static uint32_t high_of(unsigned argument) { return low_of(argument) + 4; }

// Instructions that a check takes, so that failures can jump to the block's end.
enum { CHECK_HALF = 3, CHECK_SIZE = 2 * CHECK_HALF, LENGTH_SIZE = 5 };

static void emit_half(struct builder *b, uint32_t offset, uint32_t mask, uint32_t value, size_t to_end) {
  emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
  emit(b, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
  emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(to_end - CHECK_HALF), value);
}

static void emit_rule(struct builder *b, const struct allowed_call *call, uint64_t memory_bytes) {
  // `left` counts the instructions before the final `ret USER_NOTIF`, from the point reached.
  size_t left = (size_t)call->check_count * CHECK_SIZE + (call->length_argument >= 0 ? LENGTH_SIZE : 0) + 1;
  emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(left + 1), (uint32_t)call->number);
  for (size_t i = 0; i < call->check_count; i++) {
    const struct check *check = &call->checks[i];
    emit_half(b, high_of(check->argument), (uint32_t)(check->mask >> 32), (uint32_t)(check->value >> 32), left);
    left -= CHECK_HALF;
    emit_half(b, low_of(check->argument), (uint32_t)check->mask, (uint32_t)check->value, left);
    left -= CHECK_HALF;
  }
  if (call->length_argument >= 0) {
    unsigned argument = (unsigned)call->length_argument;
    uint32_t high = (uint32_t)(memory_bytes >> 32), low = (uint32_t)memory_bytes;
    emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, high_of(argument));
    emit(b, BPF_JMP | BPF_JGT | BPF_K, (uint8_t)(left - 2), 0, high);
    emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 2, high); // a smaller high half is enough
    emit(b, BPF_LD | BPF_W | BPF_ABS, 0, 0, low_of(argument));
    emit(b, BPF_JMP | BPF_JGT | BPF_K, (uint8_t)(left - 5), 0, low);
    left -= LENGTH_SIZE;
  }
  emit(b, BPF_RET | BPF_K, 0, 0, call->observed ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
  emit(b, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF);
}

size_t build_filter(const struct policy *policy, uint64_t memory_bytes, struct sock_filter out[FILTER_MAX]) {
  struct builder b = {out, 0, false};
  // The architecture before the number: the same number is another call elsewhere.
  emit(&b, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offsetof(struct seccomp_data, arch));
  emit(&b, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, policy->audit_arch);
  emit(&b, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF);
  emit(&b, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offsetof(struct seccomp_data, nr));
  // x32 has the 64-bit architecture and this bit. No number of ours is as high, so they fall through anyway;
  // said here because a table must not be able to undo it.
  emit(&b, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
  emit(&b, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF);
  for (size_t i = 0; i < policy->allowed_count; i++) emit_rule(&b, &policy->allowed[i], memory_bytes);
  emit(&b, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF);
  return b.full ? 0 : b.count;
}

size_t build_traced_filter(const struct policy *policy, uint64_t memory_bytes, struct sock_filter out[FILTER_MAX]) {
  size_t count = build_filter(policy, memory_bytes, out);
  bool foreign = true; // the first answer is that to another architecture
  for (size_t i = 0; i < count; i++) {
    if (out[i].code != (BPF_RET | BPF_K) || out[i].k != SECCOMP_RET_USER_NOTIF) continue;
    out[i].k = SECCOMP_RET_TRACE | (foreign ? SHOWN_FOREIGN : SHOWN_NATIVE);
    foreign = false;
  }
  return count;
}

// --- judging what the filter showed ---

static bool checks_pass(const struct check *checks, size_t count, const struct seccomp_data *data) {
  for (size_t i = 0; i < count; i++)
    if ((data->args[checks[i].argument] & checks[i].mask) != checks[i].value) return false;
  return true;
}

static bool find_call(const struct errno_call *calls, size_t count, const struct seccomp_data *data, size_t *index) {
  for (size_t i = 0; i < count; i++) {
    if (calls[i].number != data->nr || !checks_pass(calls[i].checks, calls[i].check_count, data)) continue;
    *index = i;
    return true;
  }
  return false;
}

// What only a two-phase runtime says.
static enum judgement judge_signal(const struct policy *policy, const struct seccomp_data *data) {
  if (policy->start_count == 0) return JUDGE_DENY;
  if (data->nr == __NR_umask && (data->args[0] & SIGNAL_MASK) == SIGNAL_LOCK) return JUDGE_LOCK;
  if (data->nr == __NR_umask && (data->args[0] & SIGNAL_MASK) == SIGNAL_END) return JUDGE_END;
  if (data->nr == __NR_pwrite64 && data->args[0] == WORDS_DESCRIPTOR) return JUDGE_WORDS;
  return JUDGE_DENY;
}

enum judgement judge_start_call(const struct policy *policy, const struct seccomp_data *data, size_t *index) {
  if (data->arch != policy->audit_arch) return JUDGE_DENY;
  if (find_call(policy->starts, policy->start_count, data, index))
    return policy->starts[*index].error == 0 ? JUDGE_START : JUDGE_ERRNO;
  if (data->nr == __NR_tgkill && (int)data->args[2] == SIGABRT) return JUDGE_ABORT;
  return judge_signal(policy, data);
}

enum judgement judge_call(const struct policy *policy, const struct seccomp_data *data, uint64_t memory_bytes,
                          size_t *index) {
  if (data->arch != policy->audit_arch) return JUDGE_DENY;
  for (size_t i = 0; i < policy->allowed_count; i++) {
    const struct allowed_call *call = &policy->allowed[i];
    if (call->number != data->nr || !checks_pass(call->checks, call->check_count, data)) continue;
    if (call->observed) return call->number == __NR_clone ? JUDGE_THREAD : JUDGE_OBSERVE;
    if (call->length_argument >= 0 && data->args[call->length_argument] > memory_bytes) return JUDGE_TOO_LARGE;
  }
  if (find_call(policy->errnos, policy->errno_count, data, index)) return JUDGE_ERRNO;
  if (data->nr == __NR_tgkill && (int)data->args[2] == SIGABRT) return JUDGE_ABORT;
  if (data->nr == __NR_tkill && (int)data->args[1] == SIGABRT) return JUDGE_ABORT;
  return judge_signal(policy, data);
}

void call_name(const struct policy *policy, const struct seccomp_data *data, char *out, size_t size) {
  int number = data->nr;
  const char *prefix = "", *name = NULL;
  if (data->arch != policy->audit_arch) {
    prefix = policy->audit_arch == AUDIT_ARCH_X86_64 && data->arch == AUDIT_ARCH_I386 ? "i386:" : "foreign:";
    name = foreign_syscall_name(number);
  } else if (policy->audit_arch == AUDIT_ARCH_X86_64 && number != -1 && (number & X32_BIT) != 0) {
    prefix = "x32:";
    number &= ~X32_BIT;
    name = native_syscall_name(number);
  } else {
    name = native_syscall_name(number);
  }
  if (name != NULL)
    snprintf(out, size, "%s%s", prefix, name);
  else
    snprintf(out, size, "%ssyscall_%d", prefix, number);
}

const char *error_name(int error) {
  if (error <= 0) return "0"; // whatever else the launcher does
  switch (error) {
    case ENOSYS: return "ENOSYS";
    case ENOTTY: return "ENOTTY";
    case ESPIPE: return "ESPIPE";
    case ENOMEM: return "ENOMEM";
    case EINVAL: return "EINVAL";
    case ENOENT: return "ENOENT";
    case EAFNOSUPPORT: return "EAFNOSUPPORT";
    default: return "EPERM";
  }
}
