// Any bytes as base64 (RFC 4648), in one line.
#include <stdint.h>
#include <stdio.h>

static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int main(void) {
  uint8_t in[3];
  size_t got;
  while ((got = fread(in, 1, sizeof in, stdin)) > 0) {
    uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)(got > 1 ? in[1] : 0) << 8 | (got > 2 ? in[2] : 0);
    for (size_t i = 0; i < 4; i++) putchar(i <= got ? signs[bits >> (18 - 6 * i) & 63] : '=');
  }
  return putchar('\n') == EOF;
}
