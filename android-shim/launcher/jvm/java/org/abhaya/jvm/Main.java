package org.abhaya.jvm;

import java.io.IOException;
import java.util.Map;

/**
 * The order of a life: warm what is used later, ask for the lock, and only then read the first byte of the input pipe.
 */
final class Main {
  private Main() {}

  /** Called by abhaya-jvm.c; never returns. */
  static void start() {
    int code = Service.FAILED;
    try {
      Random.install();
      Pipes.install();
      Hooks.atExit(Main::beforeExit);
      Warm.run();
      Host.lock();
      Code got = Code.read();
      serve(new Jar(got.isOwnCanary() ? Warm.canary() : got.bytes));
      got.breakOutIfCanary();
      code = 0;
    } catch (Throwable thrown) {
      code = Service.tell(thrown);
    }
    // Runs the service's hooks; ends the process if one of them fails.
    if (code != Service.OUT_OF_MEMORY) System.exit(code);
    Host.end(code);
  }

  static void serve(Jar jar) throws Throwable {
    if (jar.mainClass == null) throw new IOException("the jar's manifest names no Main-Class");
    Service.run(jar.mainClass, new JarLoader(jar));
  }

  /** In this thread, one after the other: there is no other. Then what was printed. */
  private static void beforeExit() {
    Map<Thread, Thread> hooks = Hooks.hooks();
    if (hooks != null) {
      Thread[] threads = hooks.keySet().toArray(new Thread[0]);
      hooks.clear();
      for (Thread hook : threads) hook.run();
    }
    System.out.flush();
    System.err.flush();
    Pipes.Words.sayRest();
  }
}
