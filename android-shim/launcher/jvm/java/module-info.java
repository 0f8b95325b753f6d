/** What runs in the JVM runtime before the service's code is there, and how it then runs that code. */
module org.abhaya.jvm {
  requires java.logging;
  requires jdk.unsupported;

  // Nothing in it is public. Only a module that exports something is there without being asked for, and asking for one
  // by an option costs the start its archived module graph.
  exports org.abhaya.jvm;
}
