package org.abhaya.jvm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/** A jar in memory, by its central directory. Entries are taken out when they are asked for. */
final class Jar {
  private static final int END_SIZE = 22;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final int RELEASE = 17;
  private static final String VERSIONS = "META-INF/versions/";

  private static final class Entry {
    private final int local;
    private final int method;
    private final int packed;
    private final int size;

    Entry(int local, int method, int packed, int size) {
      this.local = local;
      this.method = method;
      this.packed = packed;
      this.size = size;
    }
  }

  private final byte[] bytes;
  private final Map<String, Entry> entries = new HashMap<>();
  final String mainClass;

  Jar(byte[] bytes) throws IOException {
    this.bytes = bytes;
    int end = findEnd();
    int at = number(end + 16);
    for (int left = half(end + 10); left > 0; left--) {
      check(at, CENTRAL_SIZE);
      if (number(at) != 0x02014b50) throw new ZipException("the jar's directory is damaged");
      int nameLength = half(at + 28);
      check(at + CENTRAL_SIZE, nameLength);
      String name = new String(bytes, at + CENTRAL_SIZE, nameLength, StandardCharsets.UTF_8);
      entries.put(name, new Entry(number(at + 42), half(at + 10), number(at + 20), number(at + 24)));
      at += CENTRAL_SIZE + nameLength + half(at + 30) + half(at + 32);
    }
    byte[] text = read("META-INF/MANIFEST.MF");
    if (text == null) throw new ZipException("the jar has no manifest");
    Attributes main = new Manifest(new ByteArrayInputStream(text)).getMainAttributes();
    String named = main.getValue(Attributes.Name.MAIN_CLASS);
    mainClass = named == null ? null : named.trim();
    if ("true".equalsIgnoreCase(main.getValue("Multi-Release"))) takeNewest();
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The entry's bytes, or null. */
  byte[] read(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) return null;
    check(entry.local, LOCAL_SIZE);
    int start = entry.local + LOCAL_SIZE + half(entry.local + 26) + half(entry.local + 28);
    check(start, entry.packed);
    byte[] out = new byte[sane(entry.size)];
    if (entry.method == 0 && entry.packed == entry.size) {
      System.arraycopy(bytes, start, out, 0, out.length);
    } else if (entry.method == 8) {
      inflate(start, entry.packed, out, name);
    } else {
      throw new ZipException(name + " is packed in a way that is not known");
    }
    return out;
  }

  private void inflate(int start, int packed, byte[] out, String name) throws ZipException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(bytes, start, packed);
      int done = 0;
      while (done < out.length) {
        int got = inflater.inflate(out, done, out.length - done);
        if (got == 0) throw new ZipException(name + " is cut short");
        done += got;
      }
    } catch (DataFormatException damaged) {
      throw new ZipException(name + " is damaged");
    } finally {
      inflater.end();
    }
  }

  /** For each name, the newest variant that is not for a later Java. */
  private void takeNewest() {
    Map<String, Integer> newest = new HashMap<>();
    for (String name : entries.keySet().toArray(new String[0])) {
      int slash = name.indexOf('/', VERSIONS.length());
      if (!name.startsWith(VERSIONS) || slash < 0) continue;
      String digits = name.substring(VERSIONS.length(), slash);
      if (!digits.matches("[1-9][0-9]{0,3}")) continue;
      int version = Integer.parseInt(digits);
      String plain = name.substring(slash + 1);
      if (version > RELEASE || newest.getOrDefault(plain, 0) > version) continue;
      newest.put(plain, version);
      entries.put(plain, entries.get(name));
    }
  }

  private int findEnd() throws ZipException {
    for (int at = bytes.length - END_SIZE; at >= 0 && at >= bytes.length - END_SIZE - 0xffff; at--)
      if (number(at) == 0x06054b50) return at;
    throw new ZipException("the code is not a jar");
  }

  private void check(int at, int length) throws ZipException {
    if (at < 0 || length < 0 || at > bytes.length - length) throw new ZipException("the jar is cut short");
  }

  private static int sane(int size) throws ZipException {
    if (size < 0) throw new ZipException("the jar has a file of more than 2 GB");
    return size;
  }

  private int half(int at) {
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  private int number(int at) {
    return half(at) | half(at + 2) << 16;
  }
}
