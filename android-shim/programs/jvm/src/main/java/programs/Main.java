package programs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first line of the input names the job; the rest is the job's own input. */
public class Main {
  interface Job {
    void run(byte[] input) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    String name = firstLine(System.in);
    byte[] input = System.in.readAllBytes();
    Job job =
        switch (name) {
          case "digits" -> Digits::run;
          case "words" -> Words::run;
          case "patterns" -> Patterns::run;
          case "unpack" -> Unpack::run;
          case "digests" -> Digests::run;
          case "orders" -> Orders::run;
          case "paths" -> PathsKt::shortestPaths;
          case "life" -> LifeKt::life;
          case "calendar" -> CalendarKt::calendar;
          default -> throw new IOException("no job " + name);
        };
    job.run(input);
    System.out.flush();
  }

  private static String firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) line.write(c);
    return line.toString("US-ASCII");
  }
}
