package programs;

import java.math.BigInteger;

/** As many digits of pi as the input says (Gibbons' spigot), and a Mersenne number modulo a prime. */
final class Digits {
  static void run(byte[] input) {
    int wanted = Integer.parseInt(new String(input).trim());
    BigInteger q = BigInteger.ONE, r = BigInteger.ZERO, t = BigInteger.ONE, k = BigInteger.ONE;
    BigInteger n = BigInteger.valueOf(3), l = BigInteger.valueOf(3);
    BigInteger two = BigInteger.TWO, three = BigInteger.valueOf(3), four = BigInteger.valueOf(4);
    BigInteger seven = BigInteger.valueOf(7);
    StringBuilder digits = new StringBuilder();
    while (digits.length() < wanted) {
      if (four.multiply(q).add(r).subtract(t).compareTo(n.multiply(t)) < 0) {
        digits.append(n);
        BigInteger next = BigInteger.TEN.multiply(r.subtract(n.multiply(t)));
        n = BigInteger.TEN.multiply(three.multiply(q).add(r)).divide(t).subtract(BigInteger.TEN.multiply(n));
        q = q.multiply(BigInteger.TEN);
        r = next;
      } else {
        BigInteger nextR = two.multiply(q).add(r).multiply(l);
        BigInteger nextN = q.multiply(seven.multiply(k)).add(two).add(r.multiply(l)).divide(t.multiply(l));
        q = q.multiply(k);
        t = t.multiply(l);
        l = l.add(two);
        k = k.add(BigInteger.ONE);
        n = nextN;
        r = nextR;
      }
    }
    System.out.println(digits);
    System.out.println(two.pow(4423).subtract(BigInteger.ONE).mod(BigInteger.valueOf(1_000_000_007)));
  }
}
