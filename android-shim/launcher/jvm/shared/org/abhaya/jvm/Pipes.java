package org.abhaya.jvm;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.util.Arrays;

/** System.in, System.out and System.err of a service. Of Java 8 and Android 7, as all in this folder: ART runs it too. */
final class Pipes {
  private static final int CHUNK = 8192;

  private Pipes() {}

  static void install() {
    System.setIn(new Input());
    System.setOut(print(new BufferedOutputStream(new Output(), CHUNK)));
    System.setErr(print(new BufferedOutputStream(new Words(), 256)));
  }

  private static PrintStream print(OutputStream out) {
    try {
      return new PrintStream(out, true, "UTF-8");
    } catch (UnsupportedEncodingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static void check(int at, int length, int size) {
    if ((at | length | size - length - at) < 0) throw new IndexOutOfBoundsException(at + ", " + length + " of " + size);
  }

  /** Exactly {@code length} bytes, or an exception with this sentence. */
  static byte[] readAll(int length, String otherwise) throws IOException {
    byte[] all = new byte[length];
    for (int at = 0; at < length; ) {
      int got = Host.read(all, at, length - at);
      if (got <= 0) throw new IOException(otherwise);
      at += got;
    }
    return all;
  }

  private static final class Input extends InputStream {
    private final byte[] buffer = new byte[CHUNK];
    private int at;
    private int end;

    @Override
    public int read() throws IOException {
      if (at == end && !fill()) return -1;
      return buffer[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      check(offset, length, into.length);
      if (length == 0) return 0;
      if (at < end) {
        int part = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, part);
        at += part;
        return part;
      }
      if (length < CHUNK) return fill() ? read(into, offset, length) : -1;
      return checked(Host.read(into, offset, length));
    }

    /** What can be had for certain without waiting: the kernel isn't asked. */
    @Override
    public int available() {
      return end - at;
    }

    private boolean fill() throws IOException {
      int got = checked(Host.read(buffer, 0, CHUNK));
      at = 0;
      end = Math.max(got, 0);
      return got > 0;
    }

    private static int checked(int got) throws IOException {
      if (got < 0) throw new IOException("the pipe is closed");
      return got == 0 ? -1 : got;
    }
  }

  private static final class Output extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int length) throws IOException {
      check(at, length, from.length);
      if (!Host.write(from, at, length)) throw new IOException("the pipe is closed");
    }
  }

  /**
   * As many bytes as a report has room for, in as many calls as the launcher takes: at once at first, so that they are there
   * if the service is ended; later together, when there is no more room or at the end.
   */
  static final class Words extends OutputStream {
    private static final int AT_ONCE = 40;
    private static final byte[] room = new byte[511];
    private static int kept;
    private static int said;
    private static int calls;

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int at, int length) {
      check(at, length, from.length);
      int part = Math.min(room.length - kept, length);
      System.arraycopy(from, at, room, kept, part);
      kept += part;
      if (calls < AT_ONCE || kept == room.length) sayRest();
    }

    static void sayRest() {
      if (said == kept) return;
      byte[] text = Arrays.copyOfRange(room, said, kept);
      said = kept;
      calls++;
      Host.say(text, text.length);
    }
  }
}
