// Bytes through zstd and back.
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

enum { MOST = 4 << 20 };

int main(void) {
  char *in = malloc(MOST), *back = malloc(MOST);
  size_t room = ZSTD_compressBound(MOST);
  char *packed = malloc(room);
  if (in == NULL || back == NULL || packed == NULL) return 1;
  size_t length = fread(in, 1, MOST, stdin);
  size_t small = ZSTD_compress(packed, room, in, length, 6);
  if (ZSTD_isError(small) || small >= length) return 2;
  size_t again = ZSTD_decompress(back, MOST, packed, small);
  if (ZSTD_isError(again)) return 3;
  return fwrite(back, 1, again, stdout) == again ? 0 : 4;
}
