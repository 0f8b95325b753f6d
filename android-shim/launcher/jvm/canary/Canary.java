import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A service that does what the runtime, HotSpot or ART, must be able to do after the lock, and answers its input. */
public class Canary {
  public static void main(String[] arguments) throws Exception {
    byte[] input = readAll(System.in);
    boolean fine = lambdas() && patterns() && collector() && stack() && nulls();
    System.out.write(fine ? input : "wrong".getBytes());
    System.out.flush();
  }

  /** InputStream has it since Java 9, and on Android much later. */
  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    for (int got; (got = in.read(part)) >= 0; ) all.write(part, 0, got);
    return all.toByteArray();
  }

  private static boolean lambdas() {
    TreeMap<Integer, Long> counted =
        IntStream.range(0, 300).boxed().collect(Collectors.groupingBy(i -> i % 7, TreeMap::new, Collectors.counting()));
    return counted.firstEntry().getValue() == 43;
  }

  private static boolean patterns() {
    return Pattern.compile("(\\w+)@(\\w+)").matcher("a@b c@d").replaceAll("$2" + "-" + "$1").equals("b-a d-c");
  }

  private static boolean collector() {
    List<byte[]> kept = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      kept.add(new byte[10_000]);
      if (kept.size() > 20) kept.clear();
    }
    System.gc();
    return kept.size() < 30;
  }

  private static boolean stack() {
    try {
      return deeper(0) < 0;
    } catch (StackOverflowError expected) {
      return true;
    }
  }

  private static int deeper(int depth) {
    return deeper(depth + 1) + 1;
  }

  private static boolean nulls() {
    String[] texts = new String[1];
    int caught = 0;
    for (int i = 0; i < 300; i++) {
      try {
        caught -= texts[0].length();
      } catch (NullPointerException expected) {
        caught++;
      }
    }
    return caught == 300;
  }
}
