package programs;

import java.io.DataInputStream;
import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Parts of the input, each after its length: message, key, nonce, sealed message, public key, signature. */
final class Digests {
  static void run(byte[] input) throws Exception {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(input));
    byte[] message = part(in), key = part(in), nonce = part(in), sealed = part(in), publicKey = part(in), signed = part(in);
    for (String name : new String[] {"SHA-256", "SHA-512", "SHA3-256"})
      show(MessageDigest.getInstance(name).digest(message));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    show(mac.doFinal(message));
    SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512");
    show(factory.generateSecret(new PBEKeySpec("a long password".toCharArray(), key, 5000, 256)).getEncoded());
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    show(MessageDigest.getInstance("SHA-256").digest(cipher.doFinal(sealed)));
    PublicKey verifier = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(publicKey));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(verifier);
    signature.update(message);
    System.out.println(signature.verify(signed));
  }

  private static byte[] part(DataInputStream in) throws Exception {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  private static void show(byte[] bytes) {
    System.out.println(HexFormat.of().formatHex(bytes));
  }
}
