// What Host.java declares: the few calls that a bootstrap makes of the kernel. Part of abhaya-jvm.c (HotSpot) and of
// abhaya-art.c (ART), each with a `kernel` of its own that makes a call: an errno comes back negative.
#pragma once

#include <errno.h>
#include <jni.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

static long kernel(long number, long a, long b, long c);

enum { INPUT, OUTPUT, WORDS, DESCRIPTORS_MAX = 64 };
enum { CHUNK = 65536, WORDS_MAX = 512, SEED_BYTES = 48 };
// Two calls that no kernel sees where the launcher listens (../src/policy.h).
enum { SIGNAL_LOCK = 0x0ab10000, SIGNAL_END = 0x0ab20000, END_BITS = 0xffff };

// One thread runs Java: one buffer will do, and no memory is asked for on the way.
static char chunk[CHUNK];

static _Noreturn void end_service(uint32_t code) {
  (void)kernel(SYS_umask, (long)(SIGNAL_END | (code & END_BITS)), 0, 0);
  // Nobody listens: a run of the build, or a test.
  for (;;) (void)kernel(SYS_exit_group, code > 255 ? 1 : (long)code, 0, 0);
}

static jint JNICALL host_read(JNIEnv *env, jclass type, jbyteArray into, jint at, jint length) {
  (void)type;
  long got;
  do got = kernel(SYS_read, INPUT, (long)(intptr_t)chunk, length < CHUNK ? length : CHUNK);
  while (got == -EINTR);
  if (got > 0) (*env)->SetByteArrayRegion(env, into, at, (jsize)got, (jbyte *)chunk);
  return got < 0 ? -1 : (jint)got;
}

static jboolean JNICALL host_write(JNIEnv *env, jclass type, jbyteArray from, jint at, jint length) {
  (void)type;
  while (length > 0) {
    jint size = length < CHUNK ? length : CHUNK;
    (*env)->GetByteArrayRegion(env, from, at, size, (jbyte *)chunk);
    for (jint done = 0; done < size;) {
      long written = kernel(SYS_write, OUTPUT, (long)(intptr_t)(chunk + done), size - done);
      if (written == -EINTR) continue;
      if (written <= 0) return JNI_FALSE;
      done += (jint)written;
    }
    at += size;
    length -= size;
  }
  return JNI_TRUE;
}

static void JNICALL host_say(JNIEnv *env, jclass type, jbyteArray text, jint length) {
  (void)type;
  char words[WORDS_MAX];
  jint size = length < (jint)sizeof words ? length : (jint)sizeof words;
  (*env)->GetByteArrayRegion(env, text, 0, size, (jbyte *)words);
  // To a descriptor that does not exist: the launcher takes the bytes.
  (void)kernel(SYS_pwrite64, WORDS, (long)(intptr_t)words, size);
}

static void JNICALL host_end(JNIEnv *env, jclass type, jint code) {
  (void)env;
  (void)type;
  end_service((uint32_t)code);
}

static jbyteArray JNICALL host_seed(JNIEnv *env, jclass type) {
  (void)type;
  jbyte seed[SEED_BYTES];
  if (kernel(SYS_getrandom, (long)(intptr_t)seed, SEED_BYTES, 0) != SEED_BYTES) return NULL;
  jbyteArray made = (*env)->NewByteArray(env, SEED_BYTES);
  if (made != NULL) (*env)->SetByteArrayRegion(env, made, 0, SEED_BYTES, seed);
  return made;
}

static void JNICALL host_lock(JNIEnv *env, jclass type) {
  (void)env;
  (void)type;
  // What the machine still holds open it has mapped as a whole. The launcher looks whether anything is left.
  if (kernel(SYS_close_range, WORDS, (long)~0u, 0) != 0)
    for (int fd = WORDS; fd < DESCRIPTORS_MAX; fd++) (void)kernel(SYS_close, fd, 0, 0); // kernels before 5.9
  (void)kernel(SYS_umask, SIGNAL_LOCK, 0, 0);
}

static const JNINativeMethod host_natives[] = {
    {"read", "([BII)I", (void *)host_read}, {"write", "([BII)Z", (void *)host_write},
    {"say", "([BI)V", (void *)host_say},    {"end", "(I)V", (void *)host_end},
    {"seed", "()[B", (void *)host_seed},    {"lock", "()V", (void *)host_lock},
};
