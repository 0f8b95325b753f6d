package programs;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What looks like an address, a date or a number in a text: how often, and which comes first in the alphabet. */
final class Patterns {
  static void run(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    Map<String, Pattern> patterns = new TreeMap<>();
    patterns.put("mail", Pattern.compile("\\b[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+\\b"));
    patterns.put("date", Pattern.compile("\\b(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])\\b"));
    patterns.put("ip", Pattern.compile("\\b(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\b"));
    patterns.put("twice", Pattern.compile("\\b(\\w{3,}) \\1\\b"));
    patterns.forEach(
        (name, pattern) -> {
          var found = pattern.matcher(text).results().map(match -> match.group()).sorted().toList();
          System.out.println(name + " " + found.size() + " " + (found.isEmpty() ? "-" : found.get(0)));
        });
    System.out.println(text.replaceAll("(?s)[^a-z]+", "").hashCode());
  }
}
