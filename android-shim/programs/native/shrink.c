// A grey picture (PGM, P5) to half its width and height, each point the mean of four.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  unsigned width, height;
  if (scanf("P5 %u %u 255", &width, &height) != 2 || getchar() != '\n' || width > 8192 || height > 8192) return 1;
  unsigned char *in = malloc((size_t)width * height), *out = malloc((size_t)(width / 2) * (height / 2));
  if (in == NULL || out == NULL || fread(in, width, height, stdin) != height) return 2;
  for (unsigned y = 0; y < height / 2; y++)
    for (unsigned x = 0; x < width / 2; x++) {
      const unsigned char *at = in + (size_t)2 * y * width + 2 * x;
      out[y * (width / 2) + x] = (unsigned char)((at[0] + at[1] + at[width] + at[width + 1] + 2) / 4);
    }
  printf("P5 %u %u 255\n", width / 2, height / 2);
  return fwrite(out, width / 2, height / 2, stdout) == height / 2 ? 0 : 3;
}
