package org.abhaya.jvm;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.List;

/**
 * The kernel can't be asked for random bytes after the lock: services draw from one DRBG of the JDK's, seeded before it.
 */
final class Random {
  private static SecureRandom source;

  private Random() {}

  static void install() throws NoSuchAlgorithmException {
    source = SecureRandom.getInstance("DRBG");
    source.setSeed(Host.seed());
    source.nextInt();
    Security.insertProviderAt(new Provided(), 1);
    Security.setProperty("securerandom.strongAlgorithms", "DRBG:Abhaya");
  }

  private static final class Provided extends Provider {
    private static final long serialVersionUID = 1;

    Provided() {
      super("Abhaya", "1", "random bytes of a source that was seeded before the lock");
      putService(new Service(this, "SecureRandom", "DRBG", Source.class.getName(), List.of("NativePRNG"), null) {
        @Override
        public Object newInstance(Object parameter) {
          return new Source();
        }
      });
    }
  }

  private static final class Source extends SecureRandomSpi {
    private static final long serialVersionUID = 1;

    @Override
    protected void engineSetSeed(byte[] seed) {
      source.setSeed(seed);
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      byte[] seed = new byte[count];
      source.nextBytes(seed);
      return seed;
    }
  }
}
