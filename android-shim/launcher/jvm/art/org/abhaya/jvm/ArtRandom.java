package org.abhaya.jvm;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The kernel can't be asked for random bytes after the lock, and Android has no source that doesn't ask it: services draw
 * from the platform's AES-256 in counter mode, under a key of the kernel's that was drawn before the lock.
 */
public final class ArtRandom extends SecureRandomSpi {
  private static final long serialVersionUID = 1;
  private static final int KEY_BYTES = 32;
  private static Cipher stream;

  /** Called by the provider, by reflection. */
  public ArtRandom() {}

  static void install() throws GeneralSecurityException {
    byte[] seed = Host.seed();
    SecretKeySpec key = new SecretKeySpec(seed, 0, KEY_BYTES, "AES");
    stream = Cipher.getInstance("AES/CTR/NoPadding");
    stream.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(seed, KEY_BYTES, seed.length - KEY_BYTES));
    Security.insertProviderAt(new Provided(), 1);
  }

  private static byte[] draw(int count) {
    synchronized (ArtRandom.class) {
      return count == 0 ? new byte[0] : stream.update(new byte[count]);
    }
  }

  /** It has one of the kernel's. */
  @Override
  protected void engineSetSeed(byte[] seed) {}

  @Override
  protected void engineNextBytes(byte[] bytes) {
    byte[] drawn = draw(bytes.length);
    System.arraycopy(drawn, 0, bytes, 0, bytes.length);
    Arrays.fill(drawn, (byte) 0);
  }

  @Override
  protected byte[] engineGenerateSeed(int count) {
    return draw(count);
  }

  private static final class Provided extends Provider {
    private static final long serialVersionUID = 1;

    Provided() {
      super("Abhaya", 1, "random bytes of a source that was seeded before the lock");
      for (String name : new String[] {"SHA1PRNG", "NativePRNG", "DRBG"})
        put("SecureRandom." + name, ArtRandom.class.getName());
    }
  }
}
