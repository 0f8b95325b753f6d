package org.abhaya.jvm;

/** The calls that our native code (host-natives.h) makes for us, on HotSpot and on ART. */
final class Host {
  private Host() {}

  /** Up to {@code length} bytes of the input pipe; 0 at its end, -1 where there is none. */
  static native int read(byte[] into, int at, int length);

  /** All of it into the output pipe; false where nobody takes it. */
  static native boolean write(byte[] from, int at, int length);

  /** Last words, which the launcher puts into the report. */
  static native void say(byte[] text, int length);

  /** Never returns: 0 completed, 1 to 255 failed with this code, 256 out of memory. */
  static native void end(int code);

  /** Closes all but the two pipes and asks for the lock; the process ends if it is not put in place. */
  static native void lock();

  /** Bytes of the kernel's random source; only before the lock. */
  static native byte[] seed();
}
