// The sandbox lab's probe for the JVM: gives its input back.
public final class Probe {
  public static void main(String[] arguments) throws java.io.IOException {
    System.in.transferTo(System.out);
    System.out.flush();
  }
}
