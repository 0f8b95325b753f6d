// What the protocol needs to know of hosts' keys; the cryptography is the adapter's (adbd/host-keys.ts).
// Source: AOSP packages/modules/adb/protocol.txt "AUTH".

export const TOKEN_BYTES = 20;
export const auth = { token: 1, signature: 2, publicKey: 3 } as const;

export interface HostKey {
  /** SHA-256 of the key's own structure, lower-case hex. The comment (user@host) is no part of it. */
  readonly fingerprint: string;
  readonly comment: string;
  /** Whether the signature over the token is this key's. Never throws. */
  verify(token: Uint8Array, signature: Uint8Array): boolean;
}
