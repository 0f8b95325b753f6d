// ART as a flavour of the JVM runtime: how the phone's own is started, with the bootstrap that lies in the runtime's
// folder (../jvm/, dex and a library). Never tried: there was no phone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "art_table.h"
#include "runtime.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct policy art_policy = {
    .runtime = "jvm",
    .flavour = "art",
    .arch = POLICY_ARCH,
    .audit_arch = POLICY_AUDIT,
    .allowed = art_allowed,
    .allowed_count = COUNT(art_allowed),
    .errnos = art_errnos,
    .errno_count = COUNT(art_errnos),
    .starts = art_starts,
    .start_count = COUNT(art_starts),
};

// Of this program's width. Android 11 and newer, 10, and older ones. Tests name a stand-in.
#ifndef ART_PROGRAMS
#if defined(__LP64__)
#define DALVIKVM "dalvikvm64"
#else
#define DALVIKVM "dalvikvm32"
#endif
#define ART_PROGRAMS \
  "/apex/com.android.art/bin/" DALVIKVM, "/apex/com.android.runtime/bin/" DALVIKVM, "/system/bin/" DALVIKVM
#endif
static const char *const programs[] = {ART_PROGRAMS, NULL};

// What a phone's processes are told of where things are; without it ART finds no class library. Nothing else is passed on.
static const char *const variables[] = {
    "ANDROID_ROOT",      "ANDROID_DATA",        "ANDROID_ART_ROOT", "ANDROID_RUNTIME_ROOT",
    "ANDROID_I18N_ROOT", "ANDROID_TZDATA_ROOT", "BOOTCLASSPATH",    "DEX2OATBOOTCLASSPATH",
};
_Static_assert(COUNT(variables) < ENVIRONMENT_MAX, "more variables than there is room for");

static void environment(struct arguments *out) {
  extern char **environ;
  size_t count = 0;
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
    for (size_t i = 0; i < COUNT(variables) && count + 1 < ENVIRONMENT_MAX; i++) {
      size_t length = strlen(variables[i]);
      if (strncmp(*entry, variables[i], length) == 0 && (*entry)[length] == '=') out->environment[count++] = *entry;
    }
  out->environment[count] = NULL;
}

// Megabytes that ART itself takes of a job's memory: what it changes in the boot image, its own structures.
enum { OWN_MEGABYTES = 24, LEAST_HEAP = 8 };

static void arguments(uint64_t memory_bytes, struct arguments *out) {
  uint64_t megabytes = memory_bytes >> 20;
  uint64_t heap = megabytes > OWN_MEGABYTES + LEAST_HEAP ? megabytes - OWN_MEGABYTES : LEAST_HEAP;
  snprintf(out->numbers[0], NUMBER_TEXT, "-Xmx%llum", (unsigned long long)heap);
  snprintf(out->path, sizeof out->path, "%s/libabhaya-art.so", out->folder);
  const char *const all[] = {
      "service",
      // All of these are older than Android 8: dalvikvm refuses what it doesn't know.
      "-Xusejit:false",        // no code is made, and no thread that makes it
      "-Xgc:CC",               // the collector that needs no userfaultfd
      "-Xnorelocate",          // the boot image where it was prepared for: fewer pages are changed
      "-Xuse-stderr-logger",   // not to the log's daemon
      "-XX:NonMovingSpaceCapacity=8m",
      "-Duser.timezone=UTC",
      "-Duser.language=en",
      out->numbers[0],
      // Not -Xno-sig-chain: a started runtime insists on the chain.
      "-cp", "abhaya-art.jar", "org.abhaya.jvm.ArtMain", out->path,
  };
  out->list[0] = NULL;
  for (size_t i = 0; i < COUNT(all); i++) add_argument(out, all[i]);
  environment(out);
}

static const char canary[] = "abhaya canary";

const struct runtime art_runtime = {
    .kind = RUNTIME_JVM,
    .policy = &art_policy,
    .mark = "abhaya-art.jar",
    .foreign = programs,
    .arguments = arguments,
    // The collector's second space, cards and bitmaps, the boot image.
    .reserved_bytes = 256u << 20,
    .stack_bytes = 8u << 20,
    .aborts_when_full = false,
    .canary = (const uint8_t *)canary,
    .canary_length = sizeof canary - 1,
    .canaries_in_one = true,
};
