// What is handed to a runtime, and what is taken from a service's last words.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/direct.h"
#include "../src/runtime.h"
#include "check.h"

static bool cleaned(const char *text, size_t length, const char *expected) {
  char words[64];
  memcpy(words, text, length);
  size_t out = clean_words(words, length);
  return out == strlen(expected) && memcmp(words, expected, out) == 0;
}

static void words(void) {
  CHECK(cleaned("plain", 5, "plain"));
  CHECK(cleaned("two\nlines\n", 10, "two lines"));
  CHECK(cleaned("a\0b\x1b[1m\x7f", 8, "a b [1m"));
  CHECK(cleaned("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x93\xb1", 12, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x93\xb1"));
  CHECK(cleaned("\xff\xfe", 2, "??"));
  CHECK(cleaned("\xc0\xaf", 2, "??"));                     // overlong
  CHECK(cleaned("\xed\xa0\x80", 3, "???"));               // a surrogate
  CHECK(cleaned("\xf4\x90\x80\x80", 4, "????"));         // beyond Unicode
  CHECK(cleaned("cut \xe2\x82", 6, "cut ??"));             // at the room's end
  CHECK(cleaned("", 0, ""));
}

// Each is found, has a canary and a table of its own, and arguments that end.
static void list(void) {
  struct arguments out;
  size_t count = 0;
  for (; runtimes[count] != NULL; count++) {
    const struct runtime *runtime = runtimes[count];
    CHECK(find_runtime(runtime->kind) == runtime && find_runtime_by_name(runtime->policy->runtime) == runtime);
    CHECK(runtime->canary_length > 0 && runtime->policy->start_count > 0);
    runtime->arguments((uint64_t)64 << 20, &out);
    CHECK(strcmp(out.list[0], "service") == 0);
  }
  CHECK(count > 0);
  CHECK(find_runtime(RUNTIME_NATIVE) == NULL && find_runtime_by_name("cobol") == NULL);
}

static void arguments(void) {
  struct arguments out;
  bool found = false, ends = false;
  find_runtime(RUNTIME_NODEJS)->arguments((uint64_t)64 << 20, &out);
  for (size_t i = 0; i < ARGUMENTS_MAX && !ends; i++) {
    ends = out.list[i] == NULL;
    found = found || (!ends && strcmp(out.list[i], "--max-old-space-size=40") == 0);
  }
  CHECK(found && ends);
  CHECK(strcmp(out.list[0], "service") == 0);
}

// Programs that are executed themselves: no folder, no phases; what Go is told depends on the memory.
static void programs(void) {
  const struct direct *go = go_is_known() ? &go_direct : NULL; // not on 32-bit machines
  CHECK(find_direct(RUNTIME_NATIVE) == &native_direct && find_direct(RUNTIME_GO) == go);
  CHECK(find_direct_by_name("go") == go && find_direct_by_name("nodejs") == NULL);
  CHECK(find_direct(RUNTIME_WASM) == NULL && find_runtime(RUNTIME_GO) == NULL);
  CHECK(native_direct.threads == 0 && native_direct.descriptors == 0 && native_direct.environment((uint64_t)64 << 20)[0] == NULL);
  char *const *environment = go_direct.environment((uint64_t)64 << 20);
  size_t count = 0;
  for (; environment[count] != NULL; count++) CHECK(strchr(environment[count], '=') != NULL);
  CHECK(count == 4 && strcmp(environment[3], "GOMEMLIMIT=58720256") == 0);
  CHECK(strncmp(environment[0], "GODEBUG=", 8) == 0); // which the canary's entry looks for
  CHECK(go_direct.environment((uint64_t)128 << 20) == environment && strcmp(environment[3], "GOMEMLIMIT=117440512") == 0);
}

static bool has(char *const *list, const char *text) {
  for (; *list != NULL; list++)
    if (strcmp(*list, text) == 0) return true;
  return false;
}

// ART is the jvm's other flavour: taken for folders with its mark, run from where the phone has it, told of the phone.
static void art(void) {
  const struct runtime *jvm = find_runtime(RUNTIME_JVM);
  struct arguments out = {.folder = "/data/local/tmp/x"};
  struct place place;
  char folder[] = "/tmp/abhaya-mark-XXXXXX", mark[64];
  CHECK(jvm->other != NULL && jvm->other->kind == RUNTIME_JVM && strcmp(jvm->other->policy->flavour, "art") == 0);
  CHECK(setenv("BOOTCLASSPATH", "/a.jar:/b.jar", 1) == 0 && setenv("ANDROID_ROOT", "/system", 1) == 0);
  CHECK(setenv("ANDROID_ROOTS", "no", 1) == 0 && setenv("LD_PRELOAD_NOT", "no", 1) == 0);
  jvm->other->arguments((uint64_t)64 << 20, &out);
  CHECK(has(out.list, "-Xmx40m") && has(out.list, "-Xusejit:false") && has(out.list, "/data/local/tmp/x/libabhaya-art.so"));
  CHECK(has(out.environment, "BOOTCLASSPATH=/a.jar:/b.jar") && has(out.environment, "ANDROID_ROOT=/system"));
  CHECK(!has(out.environment, "ANDROID_ROOTS=no") && !has(out.environment, "LD_PRELOAD_NOT=no"));
  CHECK(mkdtemp(folder) != NULL);
  CHECK(!place_open(&place, jvm, folder) && place.runtime == jvm);
  CHECK(close(place.folder_fd) == 0);
  snprintf(mark, sizeof mark, "%s/abhaya-art.jar", folder);
  int fd = open(mark, O_WRONLY | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0 && close(fd) == 0);
  // Nothing of Android is on this machine: it says what it looked for.
  CHECK(!place_open(&place, jvm, folder) && place.runtime == jvm->other && strstr(place.message, "dalvikvm") != NULL);
  CHECK(close(place.folder_fd) == 0 && unlink(mark) == 0 && rmdir(folder) == 0);
}

static void header(void) {
  uint8_t out[CODE_HEADER];
  write_code_header(CODE_CANARY, 0x01020304, out);
  CHECK(memcmp(out, "\x01\x01\x02\x03\x04", CODE_HEADER) == 0);
}

int main(void) {
  words();
  list();
  arguments();
  programs();
  art();
  header();
  return finish_checks();
}
