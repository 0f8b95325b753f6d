// Bytes to gzip, by zlib at its best level.
#include <stdio.h>
#include <zlib.h>

int main(void) {
  static unsigned char in[65536], out[65536];
  z_stream z = {0};
  if (deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 1;
  for (int flush = Z_NO_FLUSH; flush != Z_FINISH;) {
    z.next_in = in;
    z.avail_in = (uInt)fread(in, 1, sizeof in, stdin);
    flush = feof(stdin) ? Z_FINISH : Z_NO_FLUSH;
    do {
      z.next_out = out;
      z.avail_out = sizeof out;
      if (deflate(&z, flush) == Z_STREAM_ERROR) return 2;
      fwrite(out, 1, sizeof out - z.avail_out, stdout);
    } while (z.avail_out == 0);
  }
  return deflateEnd(&z) == Z_OK ? 0 : 3;
}
