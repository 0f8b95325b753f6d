// The counter in a table so small that it must grow and forget, against plain recounting; prints TAP, runs under ASan.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counter.h"
#include "json.h"

static int done, failed;
#define CHECK(condition) check((condition), #condition, __LINE__)
static void check(bool passed, const char *text, int line) {
  done++;
  failed += !passed;
  printf("%s %d - line %d: %s\n", passed ? "ok" : "not ok", done, line, text);
}

static struct counter counter;
static char json[JSON_MAX + 1];

// Fed in pieces of `step`, so that words lie across their ends.
static const char *count(const char *text, size_t length, size_t step, size_t limit) {
  if (!counter_init(&counter, limit)) abort();
  for (size_t at = 0; at < length; at += step) {
    size_t piece = length - at < step ? length - at : step;
    if (!counter_add(&counter, (const uint8_t *)text + at, piece)) abort();
  }
  if (!counter_finish(&counter)) abort();
  json[write_json(&counter, json)] = '\0';
  return json;
}
#define COUNT(text, step) count(text, sizeof(text) - 1, step, 100000)

static void plain(void) {
  for (size_t step = 1; step < 8; step++) {
    const char *result = COUNT("b a b\n", step);
    CHECK(strcmp(result, "{\"lines\":1,\"words\":3,\"bytes\":6,\"top\":[{\"word\":\"b\",\"count\":2},"
                         "{\"word\":\"a\",\"count\":1}]}\n") == 0);
  }
  CHECK(strcmp(COUNT("", 1), "{\"lines\":0,\"words\":0,\"bytes\":0,\"top\":[]}\n") == 0);
  // Bytes that don't print make no word, and don't end one.
  CHECK(strstr(COUNT("\x80\x81 \x01\x02 x\x80y z", 3), "\"words\":2,") != NULL);
  CHECK(strstr(COUNT("a\fb\vc\rd\te", 2), "\"words\":5,") != NULL);
}

static void text_as_json(void) {
  CHECK(strstr(COUNT("\"\\\x01z", 9), "\"word\":\"\\\"\\\\\\u0001z\"") != NULL);
  CHECK(strstr(COUNT("caf\xc3\xa9", 9), "\"caf\xc3\xa9\"") != NULL);
  // One U+FFFD for each maximal subpart: a lone byte, a cut character, an overlong form, a surrogate.
  CHECK(strstr(COUNT("a\xff", 9), "\"a\xef\xbf\xbd\"") != NULL);
  CHECK(strstr(COUNT("a\xe2\x82", 9), "\"a\xef\xbf\xbd\"") != NULL);
  CHECK(strstr(COUNT("a\xe2\x82z", 9), "\"a\xef\xbf\xbdz\"") != NULL);
  CHECK(strstr(COUNT("a\xc0\xaf", 9), "\"a\xef\xbf\xbd\xef\xbf\xbd\"") != NULL);
  CHECK(strstr(COUNT("a\xed\xa0\x80", 9), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"") != NULL);
  CHECK(strstr(COUNT("a\xf0\x9f\x98\x80", 9), "\"a\xf0\x9f\x98\x80\"") != NULL);
}

static void long_words(void) {
  static char text[700];
  memset(text, 'x', 255);
  memcpy(text + 255, "\xc3\xa9tail", 6); // the 256th byte is half a character
  const char *result = count(text, 261, 100, 1000);
  CHECK(strstr(result, "xxx\",\"count\":1") != NULL); // the half is left out
  // Two long words that differ after what is kept are two words.
  memset(text, 'y', 300);
  text[300] = ' ';
  memset(text + 301, 'y', 301);
  (void)count(text, 602, 64, 1000);
  CHECK(counter.top_count == 2 && counter.top[0].length == 300 && counter.top[1].length == 301);
}

// A word of the numbered vocabulary, followed by a space.
static size_t put_word(char *out, unsigned number) { return (size_t)sprintf(out, "w%u ", number); }

static void many_words(void) {
  enum { WORDS = 20000 };
  char *text = malloc(WORDS * 4 * 12);
  size_t length = 0;
  // Word n comes 1 + (n % 97 == 0) * n / 97 times, in an order that mixes them.
  for (unsigned round = 0; round < 3; round++)
    for (unsigned n = 0; n < WORDS; n++)
      if (round == 0 || n % (97 * round) == 0) length += put_word(text + length, n * 7919 % WORDS);
  (void)count(text, length, 4096, 100000);
  CHECK(!counter.approximate && counter.used == WORDS);
  bool ordered = counter.top_count == TOP_WORDS && counter.top[0].count == 3;
  for (size_t i = 1; i < counter.top_count; i++) ordered = ordered && counter.top[i - 1].count >= counter.top[i].count;
  CHECK(ordered);

  // The same with room for a tenth: totals stay exact, frequent words stay, counts are never too high.
  uint64_t words = counter.words;
  (void)count(text, length, 4096, 2000);
  CHECK(counter.approximate && counter.words == words && counter.used <= 2000);
  CHECK(strstr(json, ",\"approximate\":true}\n") != NULL);
  bool none_too_high = true;
  for (size_t i = 0; i < counter.top_count; i++) none_too_high = none_too_high && counter.top[i].count <= 3;
  CHECK(none_too_high);
  free(text);
}

static void frequent_among_rare(void) {
  enum { WORDS = 50000 };
  char *text = malloc(WORDS * 2 * 12);
  size_t length = 0;
  for (unsigned n = 0; n < WORDS; n++) {
    length += put_word(text + length, n);
    if (n % 2 == 0) length += (size_t)sprintf(text + length, "often ");
  }
  (void)count(text, length, 1000, 500);
  CHECK(counter.approximate && memcmp(counter.top[0].bytes, "often", 5) == 0);
  CHECK(counter.top[0].count == WORDS / 2); // words of the top list are never forgotten
  free(text);
}

int main(void) {
  plain();
  text_as_json();
  long_words();
  many_words();
  frequent_among_rare();
  printf("1..%d\n# %d passed, %d failed\n", done, done - failed, failed);
  return failed == 0 && done > 0 ? 0 : 1;
}
