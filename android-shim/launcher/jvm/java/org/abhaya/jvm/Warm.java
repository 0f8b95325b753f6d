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
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.DecimalFormat;
import java.text.SimpleDateFormat;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Work of ours that makes the JVM open what it opens lazily (libraries, time zones, policies), and load and link the
 * classes that services use. After the lock a class comes from the mapped file without a call; what needs one must have
 * been done here.
 */
final class Warm {
  private static byte[] canary;

  private Warm() {}

  static void run() throws Throwable {
    files();
    text();
    numbers();
    collections();
    bytes();
    crypto();
    try (InputStream in = Warm.class.getResourceAsStream("canary.jar")) {
      canary = in.readAllBytes();
    }
    serveCanary();
    System.gc();
  }

  /** The launcher's harmless canary: a service of ours, run as any other. */
  static byte[] canary() {
    return canary;
  }

  /** The way of a service, with other pipes: twice, as the second finds everything there. */
  private static void serveCanary() throws Throwable {
    InputStream in = System.in;
    PrintStream out = System.out;
    for (int i = 0; i < 2; i++) {
      System.setIn(new ByteArrayInputStream(new byte[] {1}));
      System.setOut(new PrintStream(OutputStream.nullOutputStream()));
      Main.serve(new Jar(canary));
    }
    System.setIn(in);
    System.setOut(out);
    out.write(new byte[0]);
    out.print("");
  }

  /** What the JDK reads from files when it is used for the first time. */
  private static void files() throws Exception {
    ZoneId.of("Europe/Berlin").getRules();
    Charset.forName("windows-1252");
    Logger.getLogger("").getHandlers();
    // An old class needs the verifier of its own library.
    System.loadLibrary("verify");
    // Addresses are of the network's library, even where nobody is called.
    InetAddress.getByAddress(new byte[4]);
    Currency.getInstance("EUR");
    UUID.randomUUID();
    SecureRandom.getInstanceStrong().nextInt();
    Locale.getDefault();
    ClassLoader.getSystemResource("none");
  }

  private static void text() {
    String.format("%08.3f %s %x %,d %5d|%-5s|%c %b %e", 3.14159, "a", 255, 1234567, 1, "b", 'c', true, 1e10);
    Pattern.compile("(?<name>[a-z]+)\\s*=\\s*(\\d+|\"[^\"]*\")", Pattern.CASE_INSENSITIVE)
        .matcher("a = 1 b=\"x\"")
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.joining(","));
    "a,b;c".split("[,;]");
    "text".replaceAll("t(.)", "$1").toUpperCase(Locale.ROOT).chars().filter(Character::isLetter).count();
    "lines\nof text".lines().map(String::strip).toList();
    new StringBuilder("abc").reverse().insert(0, 1.5).append(2L).append('c').toString();
    new Scanner("1 2 x").nextInt();
    new DecimalFormat("#,##0.00").format(1234.5);
    new SimpleDateFormat("yyyy-MM-dd EEE").format(new Date(0));
    LocalDate.parse("2020-02-29").plusYears(1).toString();
    ZonedDateTime.of(2020, 1, 1, 0, 0, 0, 0, ZoneId.of("UTC")).toInstant().toString();
    Integer.parseInt("12");
    Double.parseDouble("1.5e3");
    Double.toString(1.1);
    try {
      Integer.parseInt("x");
    } catch (NumberFormatException expected) {
      String.valueOf(expected);
      expected.getStackTrace();
    }
  }

  private static void numbers() {
    BigInteger big = BigInteger.TWO.pow(300).multiply(BigInteger.valueOf(12345)).mod(BigInteger.valueOf(97));
    big.modPow(BigInteger.TEN, BigInteger.valueOf(1_000_003)).toString();
    BigInteger.valueOf(101).isProbablePrime(10);
    new BigDecimal("1.25").divide(new BigDecimal("3"), MathContext.DECIMAL64).toString();
    Math.sin(1.5);
    Math.pow(2, 0.5);
    new Random(1).doubles(10).sum();
  }

  private enum Kind {
    ONE,
    TWO
  }

  private record Pair(String name, int value) {}

  private static void collections() {
    Map<String, Integer> map = new HashMap<>();
    for (int i = 0; i < 50; i++) map.merge("k" + i % 10, i, Integer::sum);
    map.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
        .limit(3)
        .map(entry -> new Pair(entry.getKey(), entry.getValue()))
        .map(Pair::toString)
        .forEach(String::length);
    new Pair("a", 1).equals(new Pair("a", 2));
    new Pair("a", 1).hashCode();
    Stream.of("b", "a").collect(Collectors.toMap(Function.identity(), String::length, (a, b) -> a, TreeMap::new));
    IntStream.rangeClosed(1, 20).mapToObj(Integer::toString).collect(Collectors.partitioningBy(s -> s.length() > 1));
    Stream.iterate(1, i -> i * 2).limit(10).flatMap(i -> Stream.of(i, i)).distinct().reduce(0, Integer::sum);
    Arrays.stream(new double[] {3, 1, 2}).map(Math::sqrt).average().orElse(0);
    List<Integer> list = new ArrayList<>(List.of(3, 1, 2));
    Collections.sort(list);
    list.sort((a, b) -> b - a);
    list.removeIf(i -> i > 2);
    int[] numbers = new Random(2).ints(300).toArray();
    Arrays.sort(numbers);
    Arrays.binarySearch(numbers, 5);
    new PriorityQueue<>(list).poll();
    new ArrayDeque<>(list).addFirst(1);
    new LinkedHashMap<>(Map.of("a", 1, "b", 2)).keySet().iterator().next();
    new ConcurrentHashMap<>(map).computeIfAbsent("x", key -> 1);
    new BitSet(100).set(50);
    java.util.Optional.of("a").map(String::length).orElse(0);
    Kind kind = Kind.valueOf("TWO");
    switch (kind) {
      case ONE, TWO -> new java.util.EnumMap<Kind, String>(Kind.class).put(kind, "x");
    }
  }

  private static void bytes() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write("some text some text".getBytes(StandardCharsets.UTF_8));
    }
    byte[] back = new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readAllBytes();
    CRC32 sum = new CRC32();
    sum.update(back);
    ByteBuffer.allocate(16).putLong(1).flip().remaining();
    ByteBuffer.allocateDirect(16).putInt(1);
    new String(java.util.Base64.getEncoder().encode(back), StandardCharsets.ISO_8859_1).length();
    java.util.HexFormat.of().formatHex(back);
    try (java.io.BufferedReader reader =
        new java.io.BufferedReader(new java.io.InputStreamReader(new ByteArrayInputStream(back), StandardCharsets.UTF_8))) {
      reader.readLine();
    }
    new java.io.DataInputStream(new ByteArrayInputStream(new byte[8])).readLong();
  }

  private static void crypto() throws Exception {
    byte[] key = new byte[16];
    SecretKeySpec secret = new SecretKeySpec(key, "AES");
    for (String name : List.of("SHA-256", "SHA-1", "MD5", "SHA-512", "SHA3-256"))
      MessageDigest.getInstance(name).digest(key);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(secret);
    mac.doFinal(key);
    // Which strengths are allowed stands in files.
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, secret);
    cipher.doFinal(key);
  }
}
