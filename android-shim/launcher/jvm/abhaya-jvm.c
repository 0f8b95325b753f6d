// The program that the launcher starts for the JVM runtime: makes a Java virtual machine with the options it was given,
// hands our bootstrap (java/) the few calls that it makes of the kernel, and runs it. See ../README.md.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-natives.h"

enum { OPTIONS_MAX = 16, STACK_BYTES = 1 << 20, START_FAILED = 70 };

// The call tables (../src/jvm_table.h) belong to these and to the JDK's version.
static char *const fixed_options[] = {
    "-Xlog:disable", // warnings would go into the output pipe
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+DisplayVMOutputToStderr",
    "-XX:-PrintWarnings",
    "-XX:+SuppressFatalErrorMessage", // no report into a file: the launcher has its own
    "-XX:-DumpPrivateMappingsInCore", // nor anything else to write to
    "-XX:-DumpSharedMappingsInCore",
    "-XX:-UsePerfData",
    "-XX:+DisableAttachMechanism",
    "-XX:-UseContainerSupport",
    "-XX:ActiveProcessorCount=1",
    "-Xrs", // no thread for signals
    "-XX:-UseNotificationThread",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1", // one compiler in one thread, small code
    "-XX:CICompilerCount=1",
    "-XX:-UseDynamicNumberOfCompilerThreads",
    "-XX:ReservedCodeCacheSize=16m",
    "-XX:CompressedClassSpaceSize=16m",
    "-XX:ArchiveRelocationMode=0", // prepared classes where they were prepared for: shared pages, 10 MB less
    "-Xss512k",
    "-XX:CompilerThreadStackSize=512",
    "-XX:VMThreadStackSize=256",
    "-Xms4m",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-Duser.language=en",
};
enum { FIXED = sizeof fixed_options / sizeof *fixed_options };

struct start {
  int count;
  char **options; // beside the fixed ones
};

// A call has no more than three arguments that aren't 0.
static long kernel(long number, long a, long b, long c) {
  long result = syscall(number, a, b, c, 0L, 0L, 0L);
  return result < 0 ? -errno : result;
}

static _Noreturn void fail(const char *what) {
  ssize_t ignored = pwrite(WORDS, what, strlen(what), 0);
  (void)ignored;
  ignored = write(WORDS, what, strlen(what)); // where descriptor 2 is there
  (void)ignored;
  for (;;) syscall(SYS_exit_group, START_FAILED);
}

// --- what Hooks.java declares ---

// In place of the JVM's own way out, which asks the kernel for more than it has to.
static void JNICALL halt(JNIEnv *env, jclass type, jint status) {
  (void)env;
  (void)type;
  end_service((uint32_t)status & 0xff);
}

// JNI doesn't ask what a module exports. Answers the map of the hooks that the service has added.
static jobject JNICALL host_hooks(JNIEnv *env, jclass type) {
  (void)type;
  jclass hooks = (*env)->FindClass(env, "java/lang/ApplicationShutdownHooks");
  if (hooks == NULL) return NULL;
  jfieldID map = (*env)->GetStaticFieldID(env, hooks, "hooks", "Ljava/util/IdentityHashMap;");
  return map == NULL ? NULL : (*env)->GetStaticObjectField(env, hooks, map);
}

static void JNICALL host_at_exit(JNIEnv *env, jclass type, jobject task) {
  (void)type;
  jclass shutdown = (*env)->FindClass(env, "java/lang/Shutdown");
  if (shutdown == NULL) return;
  jmethodID add = (*env)->GetStaticMethodID(env, shutdown, "add", "(IZLjava/lang/Runnable;)V");
  if (add != NULL) (*env)->CallStaticVoidMethod(env, shutdown, add, 0, JNI_FALSE, task);
}

static const JNINativeMethod hooks_natives[] = {
    {"hooks", "()Ljava/util/Map;", (void *)host_hooks},
    {"atExit", "(Ljava/lang/Runnable;)V", (void *)host_at_exit},
};
static const JNINativeMethod shutdown_natives[] = {{"halt0", "(I)V", (void *)halt}};

// --- the start ---

static bool add_natives(JNIEnv *env, const char *name, const JNINativeMethod *natives, size_t count) {
  jclass type = (*env)->FindClass(env, name);
  return type != NULL && (*env)->RegisterNatives(env, type, natives, (jint)count) == JNI_OK;
}

static void *run(void *argument) {
  const struct start *start = argument;
  JavaVMOption options[FIXED + OPTIONS_MAX];
  JavaVM *machine = NULL;
  JNIEnv *env = NULL;
  void *library = dlopen("lib/server/libjvm.so", RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL) fail(dlerror());
  jint (*create)(JavaVM **, void **, void *);
  void *symbol = dlsym(library, "JNI_CreateJavaVM");
  if (symbol == NULL) fail("libjvm.so has no JNI_CreateJavaVM");
  memcpy(&create, &symbol, sizeof create);
  for (int i = 0; i < FIXED; i++) options[i] = (JavaVMOption){.optionString = fixed_options[i]};
  for (int i = 0; i < start->count; i++) options[FIXED + i] = (JavaVMOption){.optionString = start->options[i]};
  JavaVMInitArgs arguments = {.version = JNI_VERSION_10, .nOptions = FIXED + start->count, .options = options};
  if (create(&machine, (void **)&env, &arguments) != JNI_OK) fail("the Java virtual machine does not start");
  if (!add_natives(env, "org/abhaya/jvm/Host", host_natives, sizeof host_natives / sizeof *host_natives) ||
      !add_natives(env, "org/abhaya/jvm/Hooks", hooks_natives, sizeof hooks_natives / sizeof *hooks_natives) ||
      !add_natives(env, "java/lang/Shutdown", shutdown_natives, 1))
    fail("the bootstrap's natives can't be registered");
  jclass main = (*env)->FindClass(env, "org/abhaya/jvm/Main");
  jmethodID method = main == NULL ? NULL : (*env)->GetStaticMethodID(env, main, "start", "()V");
  if (method == NULL) fail("the bootstrap is missing");
  (*env)->CallStaticVoidMethod(env, main, method);
  fail("the bootstrap came back");
}

int main(int argc, char **argv) {
  struct start start = {argc - 1, argv + 1};
  pthread_t thread;
  pthread_attr_t attributes;
  if (start.count > OPTIONS_MAX) fail("too many options");
  // One arena for all threads, and no mapping for each large block.
  mallopt(M_ARENA_MAX, 1);
  // Not the first thread: its stack can't be measured where there is no /proc.
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, STACK_BYTES) != 0 ||
      pthread_create(&thread, &attributes, run, &start) != 0)
    fail("no thread");
  pthread_join(thread, NULL);
  return START_FAILED;
}
