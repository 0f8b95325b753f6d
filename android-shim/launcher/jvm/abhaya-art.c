// The native half of the bootstrap on ART (art/): a library that needs no other, not even a C library, so that Android's
// linker can load it though it was built elsewhere. Calls are made by the machine's own instruction.
#include <jni.h>

#include "host-natives.h"

// A call has no more than three arguments that aren't 0.
static long kernel(long number, long a, long b, long c) {
#if defined(__x86_64__)
  long result;
  register long d __asm__("r10") = 0, e __asm__("r8") = 0, f __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(d), "r"(e), "r"(f)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long number_register __asm__("x8") = number;
  register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = 0, x4 __asm__("x4") = 0, x5 __asm__("x5") = 0;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(number_register), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
#elif defined(__arm__)
  register long number_register __asm__("r7") = number;
  register long r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c;
  register long r3 __asm__("r3") = 0, r4 __asm__("r4") = 0, r5 __asm__("r5") = 0;
  __asm__ volatile("svc #0"
                   : "+r"(r0)
                   : "r"(number_register), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                   : "memory");
  return r0;
#else
#error "no system call instruction for this architecture"
#endif
}

static jclass bootstrap;
static jmethodID before_exit;

// In place of ART's own way out, which runs what libraries have asked for: System.exit, after the service's hooks.
static void JNICALL native_exit(JNIEnv *env, jclass type, jint status) {
  (void)type;
  (*env)->CallStaticVoidMethod(env, bootstrap, before_exit);
  end_service((uint32_t)status & 0xff);
}

static const JNINativeMethod runtime_natives[] = {{"nativeExit", "(I)V", (void *)native_exit}};

static jclass find(JNIEnv *env, const char *name) {
  jclass found = (*env)->FindClass(env, name);
  return found == NULL ? NULL : (*env)->NewGlobalRef(env, found);
}

__attribute__((visibility("default"))) jint JNICALL JNI_OnLoad(JavaVM *machine, void *reserved) {
  JNIEnv *env = NULL;
  (void)reserved;
  if ((*machine)->GetEnv(machine, (void **)&env, JNI_VERSION_1_6) != JNI_OK) return JNI_ERR;
  jclass host = find(env, "org/abhaya/jvm/Host"), runtime = find(env, "java/lang/Runtime");
  bootstrap = find(env, "org/abhaya/jvm/ArtMain");
  if (host == NULL || runtime == NULL || bootstrap == NULL) return JNI_ERR;
  before_exit = (*env)->GetStaticMethodID(env, bootstrap, "beforeExit", "()V");
  if (before_exit == NULL) return JNI_ERR;
  if ((*env)->RegisterNatives(env, host, host_natives, sizeof host_natives / sizeof *host_natives) != JNI_OK)
    return JNI_ERR;
  // Where it is called otherwise, System.exit goes ART's way: its exit_group is an end too, but what is still in
  // System.out is lost.
  if ((*env)->RegisterNatives(env, runtime, runtime_natives, 1) != JNI_OK) (*env)->ExceptionClear(env);
  return JNI_VERSION_1_6;
}
