import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.text.Collator;
import java.text.DecimalFormat;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.text.SimpleDateFormat;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What ordinary programs do, by the name in the first line of the input. `everything` must pass behind the lock and ask for
 * nothing else, since a list of calls that suits one program may end the next.
 */
public class Ordinary {
  private static final StringBuilder done = new StringBuilder();

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    switch (in.readLine()) {
      case "everything" -> everything();
      case "echo" -> System.out.print(in.lines().collect(Collectors.joining("\n")) + " " + arguments.length);
      case "throw" -> throw new IllegalStateException("no such colour");
      case "hooks" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print(", hook")));
        System.out.print("main");
      }
      case "exit" -> {
        System.out.print("before");
        System.exit(0);
      }
      case "words" -> {
        System.err.print("last words");
        System.exit(3);
      }
      case "many-words" -> {
        for (int i = 0; i < 90; i++) System.err.print(i % 10);
        System.exit(4);
      }
      case "spin-on-yield" -> {
        for (int i = 0; i < 1000; i++) Thread.yield();
        System.out.print("yielded");
      }
      default -> throw new IOException("no such case");
    }
  }

  private static void check(String name, boolean fine) {
    done.append(done.isEmpty() ? "" : " ").append(fine ? "" : "not ").append(name);
  }

  private static void everything() throws Exception {
    text();
    numbers();
    collections();
    time();
    bytes();
    crypto();
    language();
    collector();
    System.out.print(done);
  }

  private static void text() throws Exception {
    check("format", String.format("%08.3f|%-6s|%x", 3.14159, "a", 255).equals("0003.142|a     |ff"));
    check("patterns", Pattern.compile("(?<n>\\p{L}+)(?=\\d)").matcher("é1 b").replaceAll("${n}!").equals("é!1 b"));
    check("charsets", new String("ä€".getBytes("windows-1252"), Charset.forName("windows-1252")).equals("ä€"));
    check("numbers-in-words", NumberFormat.getInstance(Locale.ROOT).format(1234.5).equals("1,234.5"));
    check("messages", MessageFormat.format("{0} of {1}", 1, "x").equals("1 of x"));
    check("collator", Collator.getInstance(Locale.ENGLISH).compare("a", "B") < 0);
    check("normal", java.text.Normalizer.normalize("é", java.text.Normalizer.Form.NFD).length() == 2);
    check("character-names", Character.getName('a').equals("LATIN SMALL LETTER A"));
    check("currency", Currency.getInstance("INR").getDefaultFractionDigits() == 2);
    check("encode", URLEncoder.encode("a b&", StandardCharsets.UTF_8).equals("a+b%26"));
    check("uri", URI.create("http://a/b?c").getPath().equals("/b") && Path.of("a/../b").normalize().toString().equals("b"));
    Properties properties = new Properties();
    properties.load(new ByteArrayInputStream("a = 1\n".getBytes()));
    check("properties", properties.getProperty("a").equals("1"));
    check("breaks", java.text.BreakIterator.getWordInstance(Locale.ENGLISH) != null);
    Logger.getLogger("ordinary").fine("nothing is said");
    check("logging", Logger.getLogger("ordinary").getName().equals("ordinary"));
  }

  private static void numbers() {
    check("big", BigInteger.TWO.pow(2000).mod(BigInteger.valueOf(97)).intValue() == 35);
    check("primes", BigInteger.valueOf(1_000_003).isProbablePrime(30));
    check("decimal", new BigDecimal("1").divide(new BigDecimal("3"), 5, RoundingMode.HALF_UP).toString().equals("0.33333"));
    check("decimal-format", new DecimalFormat("#,##0.0").format(1234.56).equals("1,234.6"));
    double[] values = new Random(1).doubles(300_000).toArray();
    Arrays.sort(values);
    check("sort", values[0] <= values[1]);
    check("random", UUID.randomUUID().version() == 4 && new SecureRandom().nextInt(1) == 0);
  }

  private static void collections() {
    Map<Integer, Long> groups =
        IntStream.range(0, 200_000).boxed().collect(Collectors.groupingBy(i -> i % 10, TreeMap::new, Collectors.counting()));
    check("streams", groups.get(3) == 20_000);
    check("statistics", Stream.of(1, 2, 3).mapToInt(i -> i).summaryStatistics().getAverage() == 2);
    ConcurrentHashMap<String, Integer> concurrent = new ConcurrentHashMap<>();
    for (int i = 0; i < 10_000; i++) concurrent.merge("k" + i % 100, 1, Integer::sum);
    check("concurrent", concurrent.size() == 100 && new ConcurrentSkipListMap<>(concurrent).firstKey().equals("k0"));
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    lock.unlock();
    new CountDownLatch(1).countDown();
    check("locks", !lock.isLocked());
  }

  private static void time() {
    check("dates", LocalDate.of(2020, 2, 29).plusYears(1).toString().equals("2021-02-28"));
    ZonedDateTime there = ZonedDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneId.of("America/New_York"));
    check("zones", there.toInstant().toString().equals("2026-07-01T16:00:00Z"));
    String shown = DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(Locale.US).format(there);
    check("localized", shown.equals("July 1, 2026"));
    check("old-dates", new SimpleDateFormat("yyyy-MM-dd HH:mm z", Locale.ROOT).format(new Date(0)).startsWith("1970-01-01 00:00"));
    check("calendar", Calendar.getInstance(TimeZone.getTimeZone("Asia/Kolkata")).getTimeZone().getRawOffset() == 19_800_000);
    check("duration", Duration.parse("PT1H").toMinutes() == 60);
    long before = System.nanoTime();
    check("clock", System.currentTimeMillis() > 1_600_000_000_000L && System.nanoTime() >= before);
  }

  private static void bytes() throws Exception {
    byte[] plain = new byte[1_000_000];
    for (int i = 0; i < plain.length; i++) plain[i] = (byte) (i * 7919 >> 3);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    byte[] back = new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readAllBytes();
    check("gzip", Arrays.equals(plain, back));
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("a"));
      out.write(plain, 0, 1000);
    }
    check("zip", new ZipInputStream(new ByteArrayInputStream(zip.toByteArray())).getNextEntry().getName().equals("a"));
    Deflater deflater = new Deflater(9);
    deflater.setInput(plain);
    deflater.finish();
    byte[] out = new byte[plain.length];
    Inflater inflater = new Inflater();
    inflater.setInput(out, 0, deflater.deflate(out));
    check("deflate", inflater.inflate(new byte[10]) == 10);
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.wrap("123456789".getBytes()));
    check("sums", sum.getValue() == 0xe3069283L);
    check("direct", ByteBuffer.allocateDirect(1 << 20).putLong(5).position() == 8);
    check("base64", Base64.getMimeEncoder().encodeToString(new byte[60]).length() == 82);
    ByteArrayOutputStream objects = new ByteArrayOutputStream();
    new ObjectOutputStream(objects).writeObject(new ArrayList<>(List.of(new Kept(1))));
    Object kept = new ObjectInputStream(new ByteArrayInputStream(objects.toByteArray())).readObject();
    check("objects", kept.toString().equals("[Kept[a=1]]"));
    check("address", InetAddress.getByName("10.1.2.3").isSiteLocalAddress());
  }

  private static void crypto() throws Exception {
    byte[] key = new byte[16];
    check("sha3", MessageDigest.getInstance("SHA3-512").digest(key).length == 64);
    Mac mac = Mac.getInstance("HmacSHA512");
    mac.init(new SecretKeySpec(key, "x"));
    check("mac", mac.doFinal(key).length == 64);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, new byte[12]));
    check("aes", cipher.doFinal(key).length == 32);
    Cipher chacha = Cipher.getInstance("ChaCha20-Poly1305");
    chacha.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "ChaCha20"));
    check("chacha", chacha.doFinal(key).length == 32);
    SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
    check("pbkdf2", factory.generateSecret(new PBEKeySpec("a".toCharArray(), key, 100, 256)).getEncoded().length == 32);
    for (String name : List.of("Ed25519", "EC", "RSA")) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(name);
      if (name.equals("RSA")) generator.initialize(1024);
      KeyPair pair = generator.generateKeyPair();
      Signature signature =
          Signature.getInstance(name.equals("EC") ? "SHA256withECDSA" : name.equals("RSA") ? "SHA256withRSA" : name);
      signature.initSign(pair.getPrivate());
      signature.update(key);
      byte[] signed = signature.sign();
      signature.initVerify(pair.getPublic());
      signature.update(key);
      check(name.toLowerCase(Locale.ROOT), signature.verify(signed));
    }
  }

  private record Kept(int a) implements Serializable {}

  private interface Greets {
    String greet(String name);
  }

  private static void language() throws Exception {
    Greets greets =
        (Greets)
            Proxy.newProxyInstance(
                Ordinary.class.getClassLoader(), new Class<?>[] {Greets.class}, (proxy, method, all) -> "hi " + all[0]);
    check("proxy", greets.greet("you").equals("hi you"));
    check("reflection", Kept.class.getRecordComponents()[0].getAccessor().invoke(new Kept(4)).equals(4));
    check("resources", Ordinary.class.getResourceAsStream("Ordinary.class").read() == 0xca);
    check("resource-urls", Ordinary.class.getClassLoader().getResource("META-INF/MANIFEST.MF").openStream().read() >= 0);
    check("services", !ServiceLoader.load(Greets.class).iterator().hasNext());
    Object shape = new Kept(2);
    check("matching", shape instanceof Kept kept && kept.a() == 2);
    int caught = 0;
    for (int i = 0; i < 50_000; i++) {
      try {
        caught += List.of(1, 2).get(i % 3);
      } catch (IndexOutOfBoundsException expected) {
        caught -= 1;
      }
    }
    check("exceptions", caught > 0);
    String nothing = System.getProperty("no.such.property");
    try {
      check("never", nothing.length() > 0);
    } catch (NullPointerException expected) {
      check("null", true);
    }
    StackTraceElement[] trace = new Throwable().getStackTrace();
    check("traces", trace[0].getMethodName().equals("language"));
    check("threads", Thread.currentThread().getContextClassLoader() == Ordinary.class.getClassLoader());
  }

  private static void collector() {
    Map<Integer, byte[]> kept = new HashMap<>();
    for (int i = 0; i < 3000; i++) kept.put(i % 20, new byte[100_000 + i]);
    System.gc();
    check("collector", kept.size() == 20 && Runtime.getRuntime().maxMemory() > 0);
  }
}
