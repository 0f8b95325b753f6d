// Bytes through xz and back.
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 4 << 20 };

int main(void) {
  uint8_t *in = malloc(MOST), *packed = malloc(MOST), *back = malloc(MOST);
  size_t small = 0, read = 0, again = 0;
  uint64_t memory = 32u << 20;
  if (in == NULL || packed == NULL || back == NULL) return 1;
  size_t length = fread(in, 1, MOST, stdin);
  if (lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, in, length, packed, &small, MOST) != LZMA_OK) return 2;
  if (small >= length) return 3;
  if (lzma_stream_buffer_decode(&memory, 0, NULL, packed, &read, small, back, &again, MOST) != LZMA_OK) return 4;
  return fwrite(back, 1, again, stdout) == again ? 0 : 5;
}
