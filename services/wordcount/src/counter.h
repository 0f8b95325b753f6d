// Counts of lines, words and bytes as `LC_ALL=C wc` (coreutils 9.1) gives them, and the most frequent words.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOP_WORDS = 20, WORD_KEPT = 256 };

// SipHash-1-3 of a word that comes byte by byte.
struct fingerprint {
  uint64_t v0, v1, v2, v3, block;
  uint64_t length;
};

struct top_word {
  uint64_t fingerprint, length;
  uint32_t count;
  uint16_t kept;
  uint8_t bytes[WORD_KEPT];
};

struct counter {
  uint64_t lines, words, bytes;
  // The word being read: a run of bytes between separators; it is a word once it has a printing byte.
  bool in_run, in_word;
  struct fingerprint run;
  uint8_t kept[WORD_KEPT];
  // The table: open addressing, fingerprint 0 = free.
  uint64_t *fingerprints;
  uint32_t *counts;
  size_t capacity, used, limit;
  bool approximate;
  // The best so far, best first.
  struct top_word top[TOP_WORDS];
  size_t top_count;
};

// `limit` is the largest table, in entries of 12 bytes; beyond it rare words are forgotten and the result is
// approximate. False when there is no memory.
bool counter_init(struct counter *c, size_t limit);
// False when there is no memory.
bool counter_add(struct counter *c, const uint8_t *bytes, size_t length);
// Ends the last word.
bool counter_finish(struct counter *c);
