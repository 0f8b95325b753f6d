import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.logging.FileHandler;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import sun.misc.Signal;
import sun.misc.Unsafe;

/**
 * One hostile program; the attempt's name is its input. It writes `did` where it got what it wanted. Names stand in the
 * cases, one in a line: the Makefile makes the list of them.
 */
public class Attempts {
  private static final String NOWHERE = "/tmp/abhaya-attack-nowhere";

  public static void main(String[] arguments) throws Throwable {
    String name = new String(System.in.readAllBytes(), "US-ASCII").trim();
    if (attempt(name)) {
      System.out.print("did");
      System.out.flush();
    }
  }

  private static boolean attempt(String name) throws Throwable {
    switch (name) {
      case "print" -> {}

      // Files, by each of the ways to them.
      case "read-file" -> Files.readAllBytes(Path.of("/etc/passwd"));
      case "read-file-stream" -> new FileInputStream("/etc/passwd").close();
      case "write-file" -> {
        new FileOutputStream(NOWHERE).close();
        Files.delete(Path.of(NOWHERE));
      }
      case "random-access" -> new RandomAccessFile("/etc/passwd", "r").close();
      case "read-own-memory" -> new RandomAccessFile("/proc/self/mem", "r").close();
      case "random-device" -> new FileInputStream("/dev/urandom").close();
      case "list-folder" -> new File("/").list();
      case "walk-folder" -> Files.newDirectoryStream(Path.of("/")).close();
      case "file-exists" -> new File("/etc").exists();
      case "file-attributes" -> Files.size(Path.of("/etc/passwd"));
      case "make-folder" -> {
        new File(NOWHERE).mkdir();
        new File(NOWHERE).delete();
      }
      case "delete-file" -> new File(NOWHERE).delete();
      case "rename-file" -> new File(NOWHERE).renameTo(new File(NOWHERE + "2"));
      case "make-symlink" -> {
        Files.deleteIfExists(Files.createSymbolicLink(Path.of(NOWHERE), Path.of("/")));
      }
      case "canonical-path" -> new File("/proc/self/exe").getCanonicalPath();
      case "temporary-file" -> File.createTempFile("abhaya", "attack").delete();
      case "open-channel" -> FileChannel.open(Path.of("/etc/passwd")).close();
      case "map-file" -> {
        try (FileChannel channel = FileChannel.open(Path.of("/proc/self/exe"))) {
          channel.map(FileChannel.MapMode.READ_ONLY, 0, 4096).get();
        }
      }
      case "map-input" -> new FileInputStream(FileDescriptor.in).getChannel().map(FileChannel.MapMode.READ_ONLY, 0, 1);
      case "watch-folder" -> FileSystems.getDefault().newWatchService().close();
      case "file-store" -> Files.getFileStore(Path.of("/")).getTotalSpace();
      case "open-zip" -> {
        try {
          new ZipFile("/etc/passwd").close();
        } catch (java.util.zip.ZipException opened) {
          return true;
        }
      }
      case "own-image" -> Files.readAllBytes(Path.of(URI.create("jrt:/java.base/java/lang/Object.class")));
      case "log-to-file" -> {
        new FileHandler(NOWHERE).close();
        Files.deleteIfExists(Path.of(NOWHERE));
      }
      case "console" -> System.console();

      // Code from elsewhere, and what the image has not.
      case "load-library" -> System.load(existing("/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"));
      case "load-named-library" -> System.loadLibrary("prefs");
      case "load-class-file" -> {
        try {
          Class.forName("None", true, new URLClassLoader(new URL[] {new URL("file:/tmp/none.jar")}));
        } catch (ClassNotFoundException looked) {
          return true;
        }
      }
      case "attach" -> Class.forName("com.sun.tools.attach.VirtualMachine").getMethod("list").invoke(null);
      case "instrument" -> Class.forName("java.lang.instrument.Instrumentation");
      case "management" ->
          Class.forName("java.lang.management.ManagementFactory").getMethod("getRuntimeMXBean").invoke(null);

      // Other processes and threads.
      case "process" -> new ProcessBuilder("/bin/true").start().waitFor();
      case "execute" -> Runtime.getRuntime().exec(new String[] {"/bin/true"}).waitFor();
      case "processes" -> ProcessHandle.allProcesses().count();
      case "parent" -> ProcessHandle.current().parent();
      case "thread" -> join(new Thread(() -> {}));
      case "daemon-thread" -> {
        Thread thread = new Thread(() -> {});
        thread.setDaemon(true);
        join(thread);
      }
      case "thread-pool" -> Executors.newSingleThreadExecutor().submit(() -> System.exit(did())).get();
      case "parallel-stream" -> IntStream.range(0, 100_000).parallel().map(i -> i * 2).sum();
      case "future" -> CompletableFuture.supplyAsync(() -> 1).get();
      case "timer" -> new Timer(true).cancel();
      case "cleaner" -> Cleaner.create();
      case "signal-handler" -> Signal.handle(new Signal("WINCH"), signal -> {});
      case "raise-signal" ->
          trusted()
              .findStatic(
                  Class.forName("jdk.internal.misc.Signal"), "raise0", MethodType.methodType(void.class, int.class))
              .invoke(28);

      // The network.
      case "connect" -> {
        try {
          new Socket("127.0.0.1", 9).close();
        } catch (java.net.ConnectException refused) {
          return true;
        }
      }
      case "listen" -> new ServerSocket(0).close();
      case "udp" -> new DatagramSocket().close();
      case "channel" -> SocketChannel.open().close();
      case "unix-socket" -> SocketChannel.open(StandardProtocolFamily.UNIX).close();
      case "url" -> {
        try {
          new URL("http://127.0.0.1:9/").openStream().close();
        } catch (java.net.ConnectException refused) {
          return true;
        }
      }
      case "look-up-name" -> InetAddress.getByName("localhost");
      case "host-name" -> InetAddress.getLocalHost();
      case "interfaces" -> NetworkInterface.getNetworkInterfaces();
      case "pipe" -> Pipe.open().source().close();
      case "selector" -> Selector.open().close();

      // Past the language: memory, private parts, natives.
      case "wild-write" -> unsafe().putLong(8L, 1L);
      case "wild-read" -> unsafe().getLong(0x4141_4141_4141L);
      case "break-an-object" -> {
        Object[] array = new Object[10];
        long base = unsafe().arrayBaseOffset(Object[].class);
        for (int i = 0; i < 10; i++) unsafe().putInt(array, base + 4L * i, 0x7fff_fff0 + i);
        for (Object one : array) one.hashCode();
      }
      case "private-native" -> privateNative();
      case "private-constructor" -> {
        MethodHandles.Lookup all = trusted();
        all.findConstructor(FileInputStream.class, MethodType.methodType(void.class, String.class))
            .invoke("/etc/passwd");
      }
      case "own-natives" -> ownNatives();
      case "descriptor" -> {
        FileDescriptor descriptor = new FileDescriptor();
        unsafe().putInt(descriptor, unsafe().objectFieldOffset(FileDescriptor.class.getDeclaredField("fd")), 3);
        if (new FileInputStream(descriptor).read() < -1) return false;
      }
      case "close-input" -> {
        System.out.print("did");
        System.out.flush();
        new FileInputStream(FileDescriptor.in).close();
        return false;
      }
      case "close-output" -> {
        System.out.print("did");
        System.out.flush();
        new FileOutputStream(FileDescriptor.out).close();
        return false;
      }
      case "input-available" -> new FileInputStream(FileDescriptor.in).available();

      // After the end.
      case "shutdown-hook" -> Runtime.getRuntime().addShutdownHook(new Thread(Attempts::openAndSay));
      case "finalizer" -> {
        new Finalized();
        for (int i = 0; i < 50; i++) {
          System.gc();
          Thread.sleep(20);
        }
        return false;
      }
      case "exit-code" -> System.exit(7);
      case "halt" -> Runtime.getRuntime().halt(8);

      // More than there is.
      case "heap-bomb" -> {
        List<byte[]> kept = new ArrayList<>();
        for (; ; ) kept.add(new byte[1 << 20]);
      }
      case "string-bomb" -> {
        String text = "x";
        for (; ; ) text += text;
      }
      case "object-bomb" -> {
        Object[] chain = null;
        for (; ; ) chain = new Object[] {chain};
      }
      case "large-array" -> System.out.write(new byte[Integer.MAX_VALUE - 8][1] == null ? 1 : 0);
      case "direct-buffers" -> {
        List<ByteBuffer> kept = new ArrayList<>();
        for (; ; ) kept.add(ByteBuffer.allocateDirect(1 << 20));
      }
      case "raw-memory" -> {
        for (int i = 0; i < 200; i++) unsafe().setMemory(unsafe().allocateMemory(1 << 20), 1 << 20, (byte) 1);
      }
      case "class-bomb" -> {
        byte[] code = Attempts.class.getResourceAsStream("Attempts$Tiny.class").readAllBytes();
        List<Class<?>> kept = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) kept.add(MethodHandles.lookup().defineHiddenClass(code, false).lookupClass());
      }
      case "deep-recursion" -> deeper(0);
      case "caught-recursion" -> {
        for (int i = 0; i < 100; i++) {
          try {
            deeper(0);
          } catch (StackOverflowError again) {
            // Once more.
          }
        }
      }
      case "spin" -> {
        for (long i = 0; ; i++) if (i < 0) return false;
      }
      case "spin-in-a-pattern" -> Pattern.compile("(x+x+)+\\1y").matcher("x".repeat(60)).matches();
      case "wait" -> {
        synchronized (NOWHERE) {
          NOWHERE.wait();
        }
      }
      case "sleep" -> Thread.sleep(Long.MAX_VALUE);
      case "join-itself" -> Thread.currentThread().join();
      case "output-flood" -> {
        byte[] part = new byte[65536];
        for (int i = 0; i < 640; i++) System.out.write(part);
        return false;
      }
      case "words-flood" -> {
        for (; ; ) System.err.println("words");
      }
      case "gc-flood" -> {
        for (; ; ) System.gc();
      }
      default -> throw new IllegalArgumentException("no attempt " + name);
    }
    return true;
  }

  private static int did() {
    System.out.print("did");
    System.out.flush();
    return 0;
  }

  private static String existing(String... paths) {
    for (String path : paths) if (new File(path).exists()) return path;
    return paths[0];
  }

  private static void join(Thread thread) throws InterruptedException {
    thread.start();
    thread.join();
  }

  private static void openAndSay() {
    try {
      new FileInputStream("/etc/passwd").close();
    } catch (IOException refused) {
      System.out.print("refused");
    }
  }

  private static int deeper(int depth) {
    return deeper(depth + 1) + 1;
  }

  private static Unsafe unsafe() throws ReflectiveOperationException {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return (Unsafe) field.get(null);
  }

  /** A lookup that may do anything, which no module gives away. */
  private static MethodHandles.Lookup trusted() throws ReflectiveOperationException {
    Field field = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
    return (MethodHandles.Lookup) unsafe().getObject(unsafe().staticFieldBase(field), unsafe().staticFieldOffset(field));
  }

  private static void privateNative() throws Throwable {
    Class<?> dispatcher = Class.forName("sun.nio.fs.UnixNativeDispatcher");
    trusted().findStatic(dispatcher, "getcwd", MethodType.methodType(byte[].class)).invoke();
  }

  /** The bootstrap's natives where they are; elsewhere a private native of the JDK's does for it. */
  private static void ownNatives() throws Throwable {
    MethodType nothing = MethodType.methodType(void.class);
    try {
      Class<?> host = Class.forName("org.abhaya.jvm.Host", true, ClassLoader.getSystemClassLoader());
      trusted().findStatic(host, "lock", nothing).invoke();
    } catch (ClassNotFoundException outside) {
      trusted().findStatic(Class.forName("java.lang.Shutdown"), "beforeHalt", nothing).invoke();
    }
  }

  @SuppressWarnings({"deprecation", "removal"})
  private static final class Finalized {
    @Override
    protected void finalize() throws IOException {
      new FileInputStream("/etc/passwd").close();
      Runtime.getRuntime().halt(did());
    }
  }

  static final class Tiny {}
}
