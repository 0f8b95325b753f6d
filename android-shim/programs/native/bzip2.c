// Bytes through bzip2 and back.
#include <bzlib.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 4 << 20 };

int main(void) {
  char *in = malloc(MOST), *packed = malloc(MOST), *back = malloc(MOST);
  unsigned small = MOST, again = MOST;
  if (in == NULL || packed == NULL || back == NULL) return 1;
  unsigned length = (unsigned)fread(in, 1, MOST, stdin);
  if (BZ2_bzBuffToBuffCompress(packed, &small, in, length, 5, 0, 0) != BZ_OK || small >= length) return 2;
  if (BZ2_bzBuffToBuffDecompress(back, &again, packed, small, 0, 0) != BZ_OK) return 3;
  return fwrite(back, 1, again, stdout) == again ? 0 : 4;
}
