// The dynamic loader of this machine's C library, in the folder of a runtime that has its libraries with it.
#pragma once

#if defined(__x86_64__)
#define LOADER "lib/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define LOADER "lib/ld-linux-aarch64.so.1"
#else
#define LOADER "lib/ld-linux-armhf.so.3"
#endif
