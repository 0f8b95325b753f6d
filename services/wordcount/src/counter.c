// See counter.h. Memory is bounded: the table grows up to its limit, the top list is of fixed size.
#include "counter.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_CAPACITY = 4096 };

// --- bytes: coreutils 9.1, wc.c, the branch for single-byte locales ---
// Separators end a word. Printing bytes (0x20 to 0x7e in the C locale) make one. Others do neither.

enum byte_kind { OTHER, PRINTING, SEPARATOR };

static inline enum byte_kind kind_of(uint8_t byte) {
  if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return SEPARATOR;
  return byte > ' ' && byte < 0x7f ? PRINTING : OTHER;
}

// --- fingerprints: SipHash-1-3 (Aumasson, Bernstein) with a fixed key, so that every phone gives the same result ---

static inline uint64_t rotate(uint64_t value, unsigned by) { return value << by | value >> (64 - by); }

static inline void sip_round(struct fingerprint *f) {
  f->v0 += f->v1, f->v1 = rotate(f->v1, 13) ^ f->v0, f->v0 = rotate(f->v0, 32);
  f->v2 += f->v3, f->v3 = rotate(f->v3, 16) ^ f->v2;
  f->v0 += f->v3, f->v3 = rotate(f->v3, 21) ^ f->v0;
  f->v2 += f->v1, f->v1 = rotate(f->v1, 17) ^ f->v2, f->v2 = rotate(f->v2, 32);
}

static inline void sip_block(struct fingerprint *f, uint64_t block) {
  f->v3 ^= block;
  sip_round(f);
  f->v0 ^= block;
}

static void fingerprint_start(struct fingerprint *f) {
  const uint64_t key0 = 0x6f72672e61626861, key1 = 0x79612e776f726473;
  *f = (struct fingerprint){0x736f6d6570736575 ^ key0, 0x646f72616e646f6d ^ key1, 0x6c7967656e657261 ^ key0,
                            0x7465646279746573 ^ key1, 0, 0};
}

static inline void fingerprint_add(struct fingerprint *f, uint8_t byte) {
  f->block |= (uint64_t)byte << (8 * (f->length & 7));
  if ((++f->length & 7) != 0) return;
  sip_block(f, f->block);
  f->block = 0;
}

static uint64_t fingerprint_end(struct fingerprint *f) {
  sip_block(f, f->block | f->length << 56);
  f->v2 ^= 0xff;
  sip_round(f), sip_round(f), sip_round(f);
  uint64_t result = f->v0 ^ f->v1 ^ f->v2 ^ f->v3;
  return result == 0 ? 1 : result;
}

// --- the table ---

static inline size_t home_of(uint64_t fingerprint, size_t capacity) {
  return (size_t)((fingerprint >> 32) * (uint64_t)capacity >> 32);
}

static size_t slot_of(const struct counter *c, uint64_t fingerprint) {
  size_t slot = home_of(fingerprint, c->capacity);
  while (c->fingerprints[slot] != 0 && c->fingerprints[slot] != fingerprint)
    slot = slot + 1 == c->capacity ? 0 : slot + 1;
  return slot;
}

static void *map_bytes(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static bool make_table(struct counter *c, size_t capacity) {
  uint64_t *fingerprints = map_bytes(capacity * sizeof *fingerprints);
  uint32_t *counts = map_bytes(capacity * sizeof *counts);
  if (fingerprints == NULL || counts == NULL) return false;
  c->fingerprints = fingerprints;
  c->counts = counts;
  c->capacity = capacity;
  return true;
}

static bool grow(struct counter *c) {
  uint64_t *old_fingerprints = c->fingerprints;
  uint32_t *old_counts = c->counts;
  size_t old = c->capacity;
  // The last step is up to the limit, so that old and new table fit side by side.
  if (!make_table(c, old * 4 > c->limit ? c->limit : old * 2)) return false;
  for (size_t i = 0; i < old; i++) {
    if (old_fingerprints[i] == 0) continue;
    size_t slot = slot_of(c, old_fingerprints[i]);
    c->fingerprints[slot] = old_fingerprints[i];
    c->counts[slot] = old_counts[i];
  }
  munmap(old_fingerprints, old * sizeof *old_fingerprints);
  munmap(old_counts, old * sizeof *old_counts);
  return true;
}

static bool in_top(const struct counter *c, uint64_t fingerprint) {
  for (size_t i = 0; i < c->top_count; i++)
    if (c->top[i].fingerprint == fingerprint) return true;
  return false;
}

// Frees a slot of a linear probing table: later entries of the same run move up.
static void remove_slot(struct counter *c, size_t hole) {
  for (size_t next = hole;;) {
    next = next + 1 == c->capacity ? 0 : next + 1;
    if (c->fingerprints[next] == 0) break;
    size_t home = home_of(c->fingerprints[next], c->capacity);
    // It may move if its home is not between the hole and itself, around the end.
    bool stays = hole < next ? home > hole && home <= next : home > hole || home <= next;
    if (stays) continue;
    c->fingerprints[hole] = c->fingerprints[next];
    c->counts[hole] = c->counts[next];
    hole = next;
  }
  c->fingerprints[hole] = 0;
  c->counts[hole] = 0;
  c->used--;
}

// The table is as large as it may be: forget the rarest words, a quarter of the table at least. The words of the top
// list stay. From here counts may be too low, never too high.
static void forget_rare(struct counter *c) {
  size_t goal = c->used / 4, before = c->used;
  c->approximate = true;
  for (uint32_t rare = 1; before - c->used < goal; rare++) {
    for (size_t i = 0; i < c->capacity;) {
      if (c->fingerprints[i] != 0 && c->counts[i] <= rare && !in_top(c, c->fingerprints[i]))
        remove_slot(c, i); // another entry may be here now: look again
      else
        i++;
    }
  }
}

// --- the top list ---

static int compare_bytes(const struct top_word *a, const struct top_word *b) {
  size_t shorter = a->kept < b->kept ? a->kept : b->kept;
  int order = memcmp(a->bytes, b->bytes, shorter);
  if (order != 0) return order;
  if (a->length != b->length) return a->length < b->length ? -1 : 1;
  // Two words that share their first 256 bytes and their length: any fixed order will do.
  return a->fingerprint < b->fingerprint ? -1 : a->fingerprint > b->fingerprint;
}

static bool better(const struct top_word *a, const struct top_word *b) {
  return a->count != b->count ? a->count > b->count : compare_bytes(a, b) < 0;
}

// A word's rank rises only when it occurs, and its bytes are at hand then: so the list is always exact.
static void update_top(struct counter *c, uint64_t fingerprint, uint32_t count) {
  struct top_word word;
  size_t at = 0;
  if (c->top_count == TOP_WORDS && count < c->top[TOP_WORDS - 1].count) return;
  while (at < c->top_count && c->top[at].fingerprint != fingerprint) at++;
  if (at < c->top_count) {
    c->top[at].count = count;
  } else {
    word.fingerprint = fingerprint;
    word.length = c->run.length;
    word.count = count;
    word.kept = (uint16_t)(c->run.length < WORD_KEPT ? c->run.length : WORD_KEPT);
    memcpy(word.bytes, c->kept, word.kept);
    if (c->top_count < TOP_WORDS)
      at = c->top_count++;
    else if (better(&word, &c->top[TOP_WORDS - 1]))
      at = TOP_WORDS - 1;
    else
      return;
    c->top[at] = word;
  }
  for (; at > 0 && better(&c->top[at], &c->top[at - 1]); at--) {
    word = c->top[at];
    c->top[at] = c->top[at - 1];
    c->top[at - 1] = word;
  }
}

static bool count_word(struct counter *c) {
  c->words++;
  uint64_t fingerprint = fingerprint_end(&c->run);
  size_t slot = slot_of(c, fingerprint);
  if (c->fingerprints[slot] == 0) {
    if (c->used >= c->capacity / 8 * 7) {
      if (c->capacity < c->limit) {
        if (!grow(c)) return false;
      } else {
        forget_rare(c);
      }
      slot = slot_of(c, fingerprint);
    }
    c->fingerprints[slot] = fingerprint;
    c->used++;
  }
  if (c->counts[slot] != UINT32_MAX) c->counts[slot]++;
  update_top(c, fingerprint, c->counts[slot]);
  return true;
}

static bool end_run(struct counter *c) {
  bool fine = !c->in_word || count_word(c);
  c->in_run = c->in_word = false;
  return fine;
}

bool counter_init(struct counter *c, size_t limit) {
  memset(c, 0, sizeof *c);
  c->limit = limit;
  return make_table(c, limit < FIRST_CAPACITY ? limit : FIRST_CAPACITY);
}

bool counter_add(struct counter *c, const uint8_t *bytes, size_t length) {
  c->bytes += length;
  for (size_t i = 0; i < length; i++) {
    uint8_t byte = bytes[i];
    enum byte_kind kind = kind_of(byte);
    if (kind == SEPARATOR) {
      c->lines += byte == '\n';
      if (c->in_run && !end_run(c)) return false;
      continue;
    }
    if (!c->in_run) {
      c->in_run = true;
      fingerprint_start(&c->run);
    }
    if (c->run.length < WORD_KEPT) c->kept[c->run.length] = byte;
    fingerprint_add(&c->run, byte);
    if (kind == PRINTING) c->in_word = true;
  }
  return true;
}

bool counter_finish(struct counter *c) { return !c->in_run || end_run(c); }
