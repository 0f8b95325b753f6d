package org.abhaya.jvm;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.Charset;

/** What stands in front of the input: a kind, the code's length, the code (../src/runtime.h). */
final class Code {
  private static final int HEADER = 5;
  private static final int CANARY = 1;
  private static final Charset UTF_8 = Charset.forName("UTF-8");

  private final boolean canary;
  final byte[] bytes;

  private Code(boolean canary, byte[] bytes) {
    this.canary = canary;
    this.bytes = bytes;
  }

  static Code read() throws IOException {
    byte[] header = Pipes.readAll(HEADER, "no code came");
    int length = (header[1] & 0xff) << 24 | (header[2] & 0xff) << 16 | (header[3] & 0xff) << 8 | header[4] & 0xff;
    return new Code(header[0] == CANARY, Pipes.readAll(length, "the code was cut short"));
  }

  /** The launcher's harmless canary comes as these words, not as a jar. */
  boolean isOwnCanary() {
    return bytes.length < 32 && new String(bytes, UTF_8).equals("abhaya canary");
  }

  /** The launcher's other canary: what it must not be able to do. */
  void breakOutIfCanary() throws IOException {
    if (canary) new FileInputStream("/").close();
  }
}
