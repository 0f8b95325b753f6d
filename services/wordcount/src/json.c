// See json.h. Words are bytes; JSON is UTF-8: what is not UTF-8 is shown as U+FFFD, one for each maximal subpart.
#include "json.h"

#include <string.h>

struct text {
  char *out;
  size_t length;
};

static void put(struct text *t, const char *bytes, size_t length) {
  memcpy(t->out + t->length, bytes, length);
  t->length += length;
}

static void put_string(struct text *t, const char *string) { put(t, string, strlen(string)); }

static void put_number(struct text *t, uint64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  put(t, digits + at, sizeof digits - at);
}

// The length of the well-formed character at `at`, or 0; *bad is then the length of what to replace
// (Unicode 15, table 3-7). *cut says that the text ended within a character that was well-formed so far.
static size_t character(const uint8_t *at, size_t left, size_t *bad, bool *cut) {
  uint8_t first = at[0], low = 0x80, high = 0xbf;
  size_t length = 0;
  *bad = 1;
  *cut = false;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) length = 2;
  if (first >= 0xe0 && first <= 0xef) length = 3;
  if (first >= 0xf0 && first <= 0xf4) length = 4;
  if (first == 0xe0) low = 0xa0;
  if (first == 0xed) high = 0x9f;
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;
  for (size_t i = 1; i < length; i++) {
    if (i == left) {
      *cut = true;
      return 0;
    }
    if (at[i] < low || at[i] > high) return 0;
    *bad = i + 1;
    low = 0x80, high = 0xbf;
  }
  return length;
}

static void put_word(struct text *t, const struct top_word *word) {
  static const char hex[] = "0123456789abcdef";
  size_t bad = 0;
  bool cut = false;
  put(t, "\"", 1);
  for (size_t i = 0; i < word->kept;) {
    size_t length = character(word->bytes + i, (size_t)(word->kept - i), &bad, &cut);
    // Cutting at 256 bytes must not make a replacement character of a good one.
    if (cut && word->length > word->kept) break;
    if (length == 0) {
      put_string(t, "\xef\xbf\xbd");
      i += bad;
    } else if (word->bytes[i] == '"' || word->bytes[i] == '\\') {
      const char escaped[2] = {'\\', (char)word->bytes[i++]};
      put(t, escaped, 2);
    } else if (word->bytes[i] < 0x20) {
      const char escaped[6] = {'\\', 'u', '0', '0', hex[word->bytes[i] >> 4], hex[word->bytes[i] & 15]};
      put(t, escaped, 6);
      i++;
    } else {
      put(t, (const char *)word->bytes + i, length);
      i += length;
    }
  }
  put(t, "\"", 1);
}

size_t write_json(const struct counter *c, char out[JSON_MAX]) {
  struct text t = {out, 0};
  put_string(&t, "{\"lines\":");
  put_number(&t, c->lines);
  put_string(&t, ",\"words\":");
  put_number(&t, c->words);
  put_string(&t, ",\"bytes\":");
  put_number(&t, c->bytes);
  put_string(&t, ",\"top\":[");
  for (size_t i = 0; i < c->top_count; i++) {
    put_string(&t, i == 0 ? "{\"word\":" : ",{\"word\":");
    put_word(&t, &c->top[i]);
    put_string(&t, ",\"count\":");
    put_number(&t, c->top[i].count);
    put_string(&t, "}");
  }
  put_string(&t, c->approximate ? "],\"approximate\":true}\n" : "]}\n");
  return t.length;
}
