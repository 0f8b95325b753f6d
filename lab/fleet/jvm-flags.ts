/** For the supervisor where it runs on a JVM: a small, cheap one, as it only supervises. */
export const JVM_FLAGS: readonly string[] = [
  '-Xshare:auto',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xms4m',
  '-Xmx24m',
  '-Xss256k',
  // No counters in a shared file, and no thread that wakes twenty times a second to fill them.
  '-XX:-UsePerfData',
];
