package org.abhaya.jvm;

import java.util.Map;

/** What only HotSpot's end needs of our program (abhaya-jvm.c). */
final class Hooks {
  private Hooks() {}

  /** Runs first when the service calls System.exit. */
  static native void atExit(Runnable task);

  /** The service's own shutdown hooks: threads as keys; null while they run. */
  static native Map<Thread, Thread> hooks();
}
