package programs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Unpacks a gzip file, packs it again, looks whether that comes back the same, and writes it with its checksum. */
final class Unpack {
  static void run(byte[] input) throws IOException {
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(input)).readAllBytes();
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(again)) {
      out.write(plain);
    }
    CRC32 sum = new CRC32();
    sum.update(new GZIPInputStream(new ByteArrayInputStream(again.toByteArray())).readAllBytes());
    System.out.write(plain);
    System.out.println(Long.toHexString(sum.getValue()));
  }
}
