#!/bin/sh
# Prints NATIVE(name, number) and FOREIGN(name, number) lines for every system call that the compiler's kernel headers
# know. FOREIGN are the 32-bit calls of x86-64 (int 0x80).
set -eu
cc=$1

calls() { # macro, header, the compiler's options
  macro=$1 header=$2
  shift 2
  printf '#include <%s>\n' "$header" | $cc "$@" -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' | sort |
    grep -v '^SYSCALL_BASE$' | while read -r name; do
    printf '%s(%s)\n' "$macro" "$name"
  done
}

# Numbers stay symbolic for the native table; the 32-bit ones clash with them and are taken as plain numbers.
calls NATIVE asm/unistd.h
if printf '#ifndef __x86_64__\n#error\n#endif\n' | $cc -E - >/dev/null 2>&1; then
  printf '#include <asm/unistd_32.h>\n' | $cc -E -dM - |
    sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9][0-9]*\)$/FOREIGN(\1, \2)/p' | sort
fi
