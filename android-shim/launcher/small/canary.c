// A service without a C library, for 32-bit ARM: the launcher's own program can't be one that a process becomes there, as
// both lie at the same address. It does what canary_main does (probe.c): copies its input, but opens a file for `open`.
enum { READ = 3, WRITE = 4, EXIT_GROUP = 248, OPENAT = 322, HERE = -100, SIZE = 64 };

static int ask(int number, int first, const char *second, int third) {
  register int call __asm__("r7") = number;
  register int a __asm__("r0") = first;
  register const char *b __asm__("r1") = second;
  register int c __asm__("r2") = third;
  __asm__ volatile("svc 0" : "+r"(a) : "r"(call), "r"(b), "r"(c) : "memory");
  return a;
}

void _start(void);
void _start(void) {
  char text[SIZE];
  int length = 0;
  for (int got; length < SIZE && (got = ask(READ, 0, text + length, SIZE - length)) > 0;) length += got;
  if (length == 4 && text[0] == 'o' && text[1] == 'p' && text[2] == 'e' && text[3] == 'n') (void)ask(OPENAT, HERE, "/", 0);
  int code = ask(WRITE, 1, text, length) == length ? 0 : 1;
  for (;;) (void)ask(EXIT_GROUP, code, "", 0);
}
