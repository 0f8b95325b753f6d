// Preloaded into the reference adbd: it listens on every address and on a fixed port; tests want loopback and any.
// REFERENCE_PORT is the port. The shell's children don't inherit the shim.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int port;

__attribute__((constructor)) static void start(void) {
  const char *text = getenv("REFERENCE_PORT");
  port = text ? atoi(text) : 0;
  unsetenv("LD_PRELOAD");
  unsetenv("REFERENCE_PORT");
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  static int (*real)(int, const struct sockaddr *, socklen_t);
  if (!real) real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  struct sockaddr_in v4;
  if (address->sa_family == AF_VSOCK) {
    errno = EADDRNOTAVAIL;  // no door to the machine that this one is a guest of
    return -1;
  }
  if (port == 0 || (address->sa_family != AF_INET && address->sa_family != AF_INET6)) return real(fd, address, length);
  memset(&v4, 0, sizeof v4);
  unsigned short asked = address->sa_family == AF_INET ? ((const struct sockaddr_in *)address)->sin_port
                                                       : ((const struct sockaddr_in6 *)address)->sin6_port;
  if (asked != htons(5555)) return real(fd, address, length);
  if (address->sa_family == AF_INET6) {
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    v6.sin6_addr = in6addr_loopback;
    // adbd takes a dual-stack socket; ::ffff:127.0.0.1 is the loopback address of its IPv4 half.
    memset(&v6.sin6_addr, 0, sizeof v6.sin6_addr);
    v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
    v6.sin6_addr.s6_addr[12] = 127;
    v6.sin6_addr.s6_addr[15] = 1;
    v6.sin6_port = htons((unsigned short)port);
    return real(fd, (const struct sockaddr *)&v6, sizeof v6);
  }
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  v4.sin_port = htons((unsigned short)port);
  return real(fd, (const struct sockaddr *)&v4, sizeof v4);
}
