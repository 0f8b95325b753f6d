package programs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The fifty most frequent words, by streams. */
final class Words {
  static void run(byte[] input) {
    Map<String, Long> counts =
        Arrays.stream(new String(input, StandardCharsets.UTF_8).toLowerCase().split("[^\\p{L}]+"))
            .filter(word -> !word.isEmpty())
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
        .limit(50)
        .forEach(entry -> System.out.println(entry.getValue() + " " + entry.getKey()));
  }
}
