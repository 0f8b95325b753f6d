// One HPKE Auth context (RFC 9180) per channel, and AES-256-GCM with counter nonces under keys exported from it.
// Exported rather than HPKE's own seal(): datagrams may be lost or reordered, which HPKE's implicit counter can't
// bear, and a WebCrypto call per segment costs more than the encryption. RFC 9180, 5.3 and 9.8, foresee both.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { CipherSuite, HpkeKey } from '#agent/identity';
import { AbhayaError } from '#base';
import type { NodeId } from '../port.ts';

const text = new TextEncoder();
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Which of a channel's uses a key is for; each has its own key and its own counter. */
export type Use = 'datagram' | 'open' | 'data' | 'control';
/** From the channel's opener to the other, or back. */
export type Direction = 'forth' | 'back';

/** Seals or opens the messages of one use in one direction. The caller gives each sequence number only once. */
export interface Sealer {
  /** plain may come in parts; the result is ciphertext and tag. */
  seal(sequence: number, plain: Uint8Array): Uint8Array;
  /** Throws `wire.forged`. */
  open(sequence: number, sealed: Uint8Array): Uint8Array;
}

export interface Channel {
  /** 16 bytes, the same on both sides; stands in routing headers. */
  readonly id: Uint8Array;
  sealer(use: Use, direction: Direction): Promise<Sealer>;
}

export interface Ends {
  readonly opener: NodeId;
  readonly other: NodeId;
}

interface Exporter {
  export(context: ArrayBuffer, length: number): Promise<ArrayBuffer>;
}

const infoOf = (ends: Ends, purpose: string): ArrayBuffer =>
  bytesOf(text.encode(`abhaya-mesh.1 ${purpose} ${ends.opener} ${ends.other}`));

const bytesOf = (view: Uint8Array): ArrayBuffer => Uint8Array.from(view).buffer;

/** Opens a channel to `to`'s public key; `enc` travels with its first message. */
export async function openChannel(
  suite: CipherSuite,
  options: { ends: Ends; purpose: string; own: HpkeKey; recipientKey: Uint8Array },
): Promise<{ channel: Channel; enc: Uint8Array }> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(options.recipientKey));
  const info = infoOf(options.ends, options.purpose);
  const context = await suite.createSenderContext({ recipientPublicKey, senderKey: options.own.pair, info });
  const enc = new Uint8Array(context.enc);
  return { enc, channel: channelOf(context, enc, options.ends) };
}

/** The other side of openChannel. Throws `wire.forged` for an enc that is no key. */
export async function acceptChannel(
  suite: CipherSuite,
  options: { ends: Ends; purpose: string; own: HpkeKey; senderKey: Uint8Array; enc: Uint8Array },
): Promise<Channel> {
  const { enc, ends } = options;
  try {
    const senderPublicKey = await suite.kem.deserializePublicKey(bytesOf(options.senderKey));
    const info = infoOf(ends, options.purpose);
    const context = await suite.createRecipientContext({
      recipientKey: options.own.pair,
      senderPublicKey,
      enc: bytesOf(enc),
      info,
    });
    return channelOf(context, enc, ends);
  } catch (cause) {
    throw new AbhayaError('wire.forged', 'a channel that could not be set up', { cause });
  }
}

export const channelIdOf = (enc: Uint8Array): Uint8Array => enc.slice(0, 16);

function channelOf(context: Exporter, enc: Uint8Array, ends: Ends): Channel {
  return {
    id: channelIdOf(enc),
    async sealer(use, direction) {
      const label = text.encode(`${use} ${direction}`);
      const secret = Buffer.from(await context.export(bytesOf(label), KEY_BYTES + NONCE_BYTES));
      const [from, to] = direction === 'forth' ? [ends.opener, ends.other] : [ends.other, ends.opener];
      const aad = text.encode(`abhaya-mesh.1 ${use} ${direction} ${from} ${to} `);
      return aesSealer(secret.subarray(0, KEY_BYTES), secret.subarray(KEY_BYTES), aad);
    },
  };
}

/** AAD = use, direction, sender, recipient, sequence; the kind is inside the plaintext. */
function aesSealer(key: Buffer, base: Buffer, aadHead: Uint8Array): Sealer {
  // HPKE's own rule for nonces: base XOR sequence, big endian.
  const prepare = (sequence: number) => {
    const nonce = Buffer.from(base);
    const aad = Buffer.alloc(aadHead.length + 8);
    aad.set(aadHead);
    aad.writeBigUInt64BE(BigInt(sequence), aadHead.length);
    for (let at = 0; at < 8; at++) {
      nonce[NONCE_BYTES - 8 + at] = (nonce[NONCE_BYTES - 8 + at] ?? 0) ^ (aad[aadHead.length + at] ?? 0);
    }
    return { nonce, aad };
  };
  return {
    seal(sequence, plain) {
      const { nonce, aad } = prepare(sequence);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(aad);
      const sealed = cipher.update(plain);
      cipher.final();
      const out = new Uint8Array(sealed.length + TAG_BYTES);
      out.set(sealed);
      out.set(cipher.getAuthTag(), sealed.length);
      return out;
    },
    open(sequence, sealed) {
      if (sealed.length < TAG_BYTES) throw new AbhayaError('wire.forged', 'a sealed message without its tag');
      const { nonce, aad } = prepare(sequence);
      const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(aad);
      cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const plain = cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
      try {
        cipher.final();
      } catch (cause) {
        throw new AbhayaError('wire.forged', 'a sealed message that was changed or is not for us', { cause });
      }
      return plain;
    },
  };
}
