// gzip to bytes, by zlib.
#include <stdio.h>
#include <zlib.h>

int main(void) {
  static unsigned char in[65536], out[65536];
  z_stream z = {0};
  if (inflateInit2(&z, 31) != Z_OK) return 1;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (z.avail_in == 0) {
      z.next_in = in;
      z.avail_in = (uInt)fread(in, 1, sizeof in, stdin);
      if (z.avail_in == 0) return 2;
    }
    z.next_out = out;
    z.avail_out = sizeof out;
    state = inflate(&z, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) return 3;
    fwrite(out, 1, sizeof out - z.avail_out, stdout);
  }
  return inflateEnd(&z) == Z_OK ? 0 : 4;
}
