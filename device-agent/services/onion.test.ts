// Onion identities: one spelling, safe keys, and signatures of both kinds of key.

import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { base32 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOnion, parseOnion } from './onion.ts';
import { signerFromExpanded, signerFromSeed, signerFromTorFile, verifyByAddress } from './signer.ts';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const invalid = expect.objectContaining({ code: 'identity.invalid' });

/** The address form of any 32 bytes, with a right checksum: what an attacker can write down. */
function addressOf(key: Uint8Array): string {
  const checksum = createHash('sha3-256')
    .update('.onion checksum')
    .update(key)
    .update(Uint8Array.of(3))
    .digest();
  const bytes = Uint8Array.from([...key, ...checksum.subarray(0, 2), 3]);
  return `${base32.encode(bytes).toLowerCase()}.onion`;
}

describe('onion addresses', () => {
  it('reads the Tor Project’s own address', () => {
    // The onion service that www.torproject.org announces in its Onion-Location header.
    const address = '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion';
    expect(formatOnion(parseOnion(address))).toBe(address);
  });

  it('round-trips every key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const { address, publicKey } = signerFromSeed(seed);
        expect(parseOnion(address)).toEqual(publicKey);
      }),
      { numRuns: 20 },
    );
  });

  const good = signerFromSeed(new Uint8Array(32).fill(1)).address;
  it.each([
    ['a mistyped letter', `${good[0] === 'a' ? 'b' : 'a'}${good.slice(1)}`],
    ['capitals', good.toUpperCase()],
    ['no suffix', good.slice(0, 56)],
    ['a longer one', `a${good}`],
    ['a letter that base32 lacks', `${good.slice(0, 55)}1.onion`],
    ['a subdomain', `www.${good}`],
  ])('refuses %s', (_what, address) => {
    expect(() => parseOnion(address)).toThrow(invalid);
  });

  it('refuses another version', () => {
    const bytes = base32.decode(good.slice(0, 56).toUpperCase());
    bytes[34] = 2;
    expect(() => parseOnion(`${base32.encode(bytes).toLowerCase()}.onion`)).toThrow(invalid);
  });

  it('refuses the identity point, for which anyone can sign', () => {
    const identity = Uint8Array.from([1, ...new Uint8Array(31)]);
    expect(() => parseOnion(addressOf(identity))).toThrow(invalid);
    expect(() => formatOnion(identity)).toThrow(invalid);
  });

  it.each([
    ['order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
    ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['a second spelling of the identity', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['a point off the curve', '0200000000000000000000000000000000000000000000000000000000000000'],
  ])('refuses a key of %s', (_what, hex) => {
    expect(() => parseOnion(addressOf(Uint8Array.from(Buffer.from(hex, 'hex'))))).toThrow(invalid);
  });

  it('refuses a key with a torsion part', () => {
    const order8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', false);
    const mixed = Point.BASE.multiply(12345n).add(order8).toBytes();
    expect(() => parseOnion(addressOf(Uint8Array.from(mixed)))).toThrow(invalid);
  });
});

describe('signers', () => {
  it('signs as RFC 8032 does (section 7.1, test 2)', () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const signature = signerFromSeed(seed).sign(Uint8Array.of(0x72));
    expect(Buffer.from(signature).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('an expanded key signs just as its seed does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array(), (seed, message) => {
        const expanded = createHash('sha512').update(seed).digest();
        expanded[0] = (expanded[0] ?? 0) & 248;
        expanded[31] = ((expanded[31] ?? 0) & 63) | 64;
        const normal = signerFromSeed(seed);
        const tor = signerFromTorFile(
          Buffer.concat([Buffer.from('== ed25519v1-secret: type0 ==\0\0\0', 'latin1'), expanded]),
        );
        expect(tor.address).toBe(normal.address);
        expect(Buffer.from(tor.sign(message)).equals(normal.sign(message))).toBe(true);
        expect(verifyByAddress(tor.address, message, tor.sign(message))).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('a signature is for one message and one key only', () => {
    const signer = signerFromSeed(new Uint8Array(32).fill(1));
    const other = signerFromSeed(new Uint8Array(32).fill(2));
    const signature = signer.sign(text('hello'));
    expect(verifyByAddress(signer.address, text('hello'), signature)).toBe(true);
    expect(verifyByAddress(signer.address, text('hullo'), signature)).toBe(false);
    expect(verifyByAddress(other.address, text('hello'), signature)).toBe(false);
    expect(verifyByAddress(signer.address, text('hello'), signature.subarray(1))).toBe(false);
  });

  it('refuses files that are no Tor keys', () => {
    expect(() => signerFromTorFile(new Uint8Array(96))).toThrow(invalid);
    expect(() => signerFromTorFile(new Uint8Array(64))).toThrow(invalid);
    expect(() => signerFromExpanded(new Uint8Array(64))).toThrow(invalid);
    expect(() => signerFromSeed(new Uint8Array(31))).toThrow(invalid);
  });
});
