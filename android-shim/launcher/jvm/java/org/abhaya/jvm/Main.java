package org.abhaya.jvm;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The order of a life: warm what is used later, ask for the lock, and only then read the first byte of the input pipe.
 */
final class Main {
  private static final int FAILED = 1;
  private static final int OUT_OF_MEMORY = 256;
  private static final int HEADER = 5;
  private static final int CANARY = 1;

  private Main() {}

  /** Called by abhaya-jvm.c; never returns. */
  static void start() {
    int code = FAILED;
    try {
      Random.install();
      Pipes.install();
      Host.atExit(Main::beforeExit);
      Warm.run();
      Host.lock();
      byte[] header = Pipes.readAll(HEADER, "no code came");
      int length =
          (header[1] & 0xff) << 24 | (header[2] & 0xff) << 16 | (header[3] & 0xff) << 8 | header[4] & 0xff;
      byte[] jar = Pipes.readAll(length, "the code was cut short");
      serve(new Jar(isCanary(jar) ? Warm.canary() : jar));
      if (header[0] == CANARY) openFile();
      code = 0;
    } catch (Throwable thrown) {
      code = tell(thrown);
    }
    // Runs the service's hooks; ends the process if one of them fails.
    if (code != OUT_OF_MEMORY) System.exit(code);
    Host.end(code);
  }

  static void serve(Jar jar) throws Throwable {
    if (jar.mainClass == null) throw new IOException("the jar's manifest names no Main-Class");
    JarLoader loader = new JarLoader(jar);
    Thread.currentThread().setContextClassLoader(loader);
    Method main = Class.forName(jar.mainClass, false, loader).getMethod("main", String[].class);
    if (!Modifier.isStatic(main.getModifiers()) || main.getReturnType() != void.class)
      throw new IOException(jar.mainClass + " has no static void main");
    // The class itself need not be public.
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) new String[0]);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  /** Says it in the report's words; answers the code that it ends with. */
  private static int tell(Throwable thrown) {
    try {
      System.err.print(thrown);
      StackTraceElement[] trace = thrown.getStackTrace();
      if (trace.length > 0) System.err.print(" at " + trace[0]);
      Pipes.Words.sayRest();
      for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause())
        if (cause instanceof OutOfMemoryError) return OUT_OF_MEMORY;
    } catch (Throwable again) {
      // Nothing to be shown, or no memory to show it with.
    }
    return thrown instanceof OutOfMemoryError ? OUT_OF_MEMORY : FAILED;
  }

  /** In this thread, one after the other: there is no other. Then what was printed. */
  private static void beforeExit() {
    Map<Thread, Thread> hooks = Host.hooks();
    if (hooks != null) {
      Thread[] threads = hooks.keySet().toArray(new Thread[0]);
      hooks.clear();
      for (Thread hook : threads) hook.run();
    }
    System.out.flush();
    System.err.flush();
    Pipes.Words.sayRest();
  }

  /** The launcher's harmless canary comes as these words (../src/jvm.c), not as a jar. */
  private static boolean isCanary(byte[] code) {
    return code.length < 32 && new String(code, StandardCharsets.UTF_8).equals("abhaya canary");
  }

  /** The launcher's canary: what it must not be able to do. */
  private static void openFile() throws IOException {
    new FileInputStream("/").close();
  }
}
