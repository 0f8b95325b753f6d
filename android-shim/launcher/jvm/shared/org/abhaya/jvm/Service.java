package org.abhaya.jvm;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** A service's main, and what its end means. */
final class Service {
  static final int FAILED = 1;
  static final int OUT_OF_MEMORY = 256;

  private Service() {}

  /** Throws what it throws. */
  static void run(String mainClass, ClassLoader loader) throws Throwable {
    Thread.currentThread().setContextClassLoader(loader);
    Method main = Class.forName(mainClass, false, loader).getMethod("main", String[].class);
    if (!Modifier.isStatic(main.getModifiers()) || main.getReturnType() != void.class)
      throw new IOException(mainClass + " has no static void main");
    // The class itself need not be public.
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) new String[0]);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  /** Says it in the report's words; answers the code that it ends with. */
  static int tell(Throwable thrown) {
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
}
