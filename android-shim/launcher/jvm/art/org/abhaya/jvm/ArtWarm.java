package org.abhaya.jvm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Scanner;
import java.util.TimeZone;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes ART open before the lock what it opens when first used: time zones, the tables of its Unicode library, the
 * libraries of its cryptography, threads of its own. Written by ART's sources, never run by ART.
 */
final class ArtWarm {
  private static byte[] canary;

  private ArtWarm() {}

  static void run() throws Throwable {
    text();
    numbers();
    bytes();
    crypto();
    newer();
    try (InputStream in = ArtWarm.class.getResourceAsStream("canary.jar")) {
      canary = readAll(in);
    }
    serveCanary();
    System.gc();
    System.runFinalization();
  }

  /** The launcher's harmless canary: a service of ours, as dex in a jar. */
  static byte[] canary() {
    return canary;
  }

  /** The way of a service, with other pipes: twice, as the second finds everything there. */
  private static void serveCanary() throws Throwable {
    InputStream in = System.in;
    PrintStream out = System.out;
    for (int i = 0; i < 2; i++) {
      System.setIn(new ByteArrayInputStream(new byte[] {1}));
      System.setOut(new PrintStream(new ByteArrayOutputStream()));
      ArtMain.serve(new Jar(canary));
    }
    System.setIn(in);
    System.setOut(out);
    // A service's own files, by way of URLs.
    try (InputStream file = DexLoader.of(new Jar(canary)).getResourceAsStream("META-INF/MANIFEST.MF")) {
      readAll(file);
    }
  }

  private static void text() throws Exception {
    String.format("%08.3f %s %x %,d %5d|%-5s|%c %b %e", 3.14159, "a", 255, 1234567, 1, "b", 'c', true, 1e10);
    Pattern.compile("(?<name>[a-z]+)\\s*=\\s*(\\d+|\"[^\"]*\")", Pattern.CASE_INSENSITIVE).matcher("a = 1").find();
    "text".replaceAll("t(.)", "$1").toUpperCase(Locale.ROOT);
    new Scanner("1 2 x").nextInt();
    new DecimalFormat("#,##0.00").format(1234.5);
    TimeZone.getTimeZone("Europe/Berlin").getOffset(0);
    TimeZone.getDefault();
    new SimpleDateFormat("yyyy-MM-dd EEE zzz", Locale.ROOT).format(new Date(0));
    Currency.getInstance("EUR").getSymbol();
    java.text.Normalizer.normalize("\u00e9", java.text.Normalizer.Form.NFD);
    for (String name : new String[] {"windows-1252", "UTF-16", "ISO-8859-1", "US-ASCII"})
      new String(new byte[] {65}, Charset.forName(name)).getBytes(name);
    try {
      Integer.parseInt("x");
    } catch (NumberFormatException expected) {
      expected.getStackTrace();
    }
  }

  private static void numbers() {
    BigInteger.valueOf(2).pow(300).modPow(BigInteger.TEN, BigInteger.valueOf(1_000_003)).toString();
    BigInteger.valueOf(101).isProbablePrime(10);
    new BigDecimal("1.25").divide(new BigDecimal("3"), MathContext.DECIMAL64).toString();
    new java.util.Random(1).nextGaussian();
    Math.random();
  }

  private static void bytes() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write("some text some text".getBytes("UTF-8"));
    }
    CRC32 sum = new CRC32();
    sum.update(readAll(new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray()))));
    ByteBuffer.allocateDirect(16).putLong(sum.getValue());
  }

  private static void crypto() throws Exception {
    byte[] key = new byte[16];
    SecretKeySpec secret = new SecretKeySpec(key, "AES");
    for (String name : new String[] {"SHA-256", "SHA-1", "MD5", "SHA-512"}) MessageDigest.getInstance(name).digest(key);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(secret);
    mac.doFinal(key);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    cipher.doFinal(key);
    new SecureRandom().nextInt();
    UUID.randomUUID();
  }

  /** What came with Android 8; without it there is no loader for our canary either, which says so. */
  private static void newer() throws Exception {
    try {
      Class<?> zone = Class.forName("java.time.ZoneId");
      Object berlin = zone.getMethod("of", String.class).invoke(null, "Europe/Berlin");
      Class.forName("java.time.ZonedDateTime").getMethod("now", zone).invoke(null, berlin).toString();
    } catch (ClassNotFoundException older) {
      // Android 7.
    }
  }

  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    for (int got; (got = in.read(part)) >= 0; ) all.write(part, 0, got);
    return all.toByteArray();
  }
}
