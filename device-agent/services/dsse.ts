// DSSE envelopes (secure-systems-lab/dsse, protocol.md) with exactly one signature by an onion identity.

import { type Static, Type } from 'typebox';
import { AbhayaError } from '#base';
import { parserOf } from '#schemas';
import { canonicalBytes, parseCanonical } from './canonical-json.ts';
import { type Signer, verifyByAddress } from './signer.ts';

export const MANIFEST_PAYLOAD_TYPE = 'application/vnd.meshsvc.manifest+json';
/** Stands for the keyid of a development package's missing signature. */
export const DEV_UNSIGNED = 'DEV_UNSIGNED';

const closed = { additionalProperties: false } as const;
export const Envelope = Type.Object(
  {
    payload: Type.String(),
    payloadType: Type.String({ maxLength: 256 }),
    signatures: Type.Array(
      Type.Object({ keyid: Type.String({ maxLength: 128 }), sig: Type.String({ maxLength: 128 }) }, closed),
      { minItems: 1, maxItems: 1 },
    ),
  },
  closed,
);
export type Envelope = Static<typeof Envelope>;

const parseEnvelope = parserOf(Envelope, 'META/signature.json', 'package.signature');

/** What is signed: DSSEv1, lengths in bytes, parts by single spaces. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  const head = Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return Buffer.concat([head, payload]);
}

/** The envelope's canonical bytes; without a signer, those of a development package. */
export function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer | undefined,
): Uint8Array {
  const signature = signer
    ? {
        keyid: signer.address,
        sig: Buffer.from(signer.sign(preAuthenticationEncoding(payloadType, payload))).toString('base64'),
      }
    : { keyid: DEV_UNSIGNED, sig: '' };
  return canonicalBytes({
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [signature],
  });
}

export interface OpenedEnvelope {
  readonly payload: Uint8Array;
  /** The onion address that signed, or undefined for DEV_UNSIGNED. */
  readonly signedBy: string | undefined;
}

/** Opens an envelope of the given type; throws `package.signature` for anything but one good signature. */
export function openEnvelope(bytes: Uint8Array, payloadType: string): OpenedEnvelope {
  const envelope = parseEnvelope(parseCanonical(bytes, 'META/signature.json'));
  if (envelope.payloadType !== payloadType)
    throw new AbhayaError('package.signature', `the envelope is of another type: ${envelope.payloadType}`);
  const payload = strictBase64(envelope.payload);
  const [signature] = envelope.signatures;
  if (!signature) throw new AbhayaError('package.signature', 'the envelope has no signature');
  if (signature.keyid === DEV_UNSIGNED && signature.sig === '') return { payload, signedBy: undefined };
  let good: boolean;
  try {
    const signed = preAuthenticationEncoding(payloadType, payload);
    good = verifyByAddress(signature.keyid, signed, strictBase64(signature.sig));
  } catch (cause) {
    throw new AbhayaError('package.signature', 'the signing key is no usable onion identity', { cause });
  }
  if (!good)
    throw new AbhayaError(
      'package.signature',
      `the signature is not by ${signature.keyid} over this manifest`,
    );
  return { payload, signedBy: signature.keyid };
}

/** Base64 in its one canonical spelling. */
function strictBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text)
    throw new AbhayaError('package.signature', 'the envelope has base64 that is not canonical');
  return bytes;
}
