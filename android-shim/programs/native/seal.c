// AES-256-GCM and HMAC-SHA-512 by Mbed TLS. Input: 32 bytes key, 12 bytes nonce, the text. Output: tag, sealed text, HMAC.
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <stdio.h>

int main(void) {
  static unsigned char in[1 << 20], out[1 << 20], tag[16], mac[64];
  size_t length = fread(in, 1, sizeof in, stdin);
  if (length < 44) return 1;
  size_t text = length - 44;
  mbedtls_gcm_context gcm;
  mbedtls_gcm_init(&gcm);
  if (mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, in, 256) != 0) return 2;
  if (mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, text, in + 32, 12, NULL, 0, in + 44, out, 16, tag) != 0)
    return 3;
  mbedtls_gcm_free(&gcm);
  if (mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA512), in, 32, in + 44, text, mac) != 0) return 4;
  fwrite(tag, 1, sizeof tag, stdout);
  fwrite(out, 1, text, stdout);
  return fwrite(mac, 1, sizeof mac, stdout) == sizeof mac ? 0 : 5;
}
