package org.abhaya.jvm;

import java.io.IOException;

/**
 * The bootstrap on a phone's own ART, in the same order as on HotSpot (Main.java): warm what is used later, ask for the
 * lock, and only then read the first byte of the input pipe. Started by dalvikvm; see ../../README.md.
 */
public final class ArtMain {
  private ArtMain() {}

  /** Never returns. {@code arguments[0]} is where our native code is. */
  public static void main(String[] arguments) {
    int code = Service.FAILED;
    try {
      System.load(arguments[0]);
      Pipes.install();
      ArtRandom.install();
      ArtWarm.run();
      Host.lock();
      Code got = Code.read();
      serve(new Jar(got.isOwnCanary() ? ArtWarm.canary() : got.bytes));
      got.breakOutIfCanary();
      code = 0;
    } catch (Throwable thrown) {
      code = Service.tell(thrown);
    }
    if (code != Service.OUT_OF_MEMORY) beforeExit();
    Host.end(code);
  }

  static void serve(Jar jar) throws Throwable {
    if (jar.mainClass == null) throw new IOException("the jar's manifest names no Main-Class");
    Service.run(jar.mainClass, DexLoader.of(jar));
  }

  /** What was printed; called by our native code too, when the service calls System.exit. */
  static void beforeExit() {
    try {
      System.out.flush();
      System.err.flush();
      Pipes.Words.sayRest();
    } catch (Throwable nothingToBeDone) {
      // It ends anyway.
    }
  }
}
