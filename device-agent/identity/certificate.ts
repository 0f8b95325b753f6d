// The self-signed certificate that shows a node's Ed25519 key in TLS. Peers pin the key; names and dates say nothing.

import { type X509Certificate as NodeCertificate, sign } from 'node:crypto';
// Not @peculiar/x509 itself: it brings CMS, PFX, CSR and a dependency injector, which cost each agent 20 ms at its start.
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { AbhayaError } from '#base';
import type { NodeIdentity } from './node-identity.ts';
import { parseNodeId } from './node-key.ts';

export interface TlsIdentity {
  readonly cert: string;
  /** PKCS#8 PEM: a secret. */
  readonly key: string;
}

/** RFC 8410 and X.520. */
const ED25519 = '1.3.101.112';
const COMMON_NAME = '2.5.4.3';

export function createTlsIdentity({ privateKey, publicKey, nodeId }: NodeIdentity): TlsIdentity {
  const algorithm = new AlgorithmIdentifier({ algorithm: ED25519 });
  const attribute = new AttributeTypeAndValue({
    type: COMMON_NAME,
    value: new AttributeValue({ utf8String: nodeId }),
  });
  const name = new Name([new RelativeDistinguishedName([attribute])]);
  const noAuthority = AsnConvert.serialize(new BasicConstraints({ cA: false }));
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array([1]).buffer,
    signature: algorithm,
    issuer: name,
    subject: name,
    // Wide: phones' clocks are often wrong, and the key alone is what counts.
    validity: new Validity({
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2120-01-01T00:00:00Z'),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(
      publicKey.export({ format: 'der', type: 'spki' }),
      SubjectPublicKeyInfo,
    ),
    extensions: new Extensions([
      new Extension({ extnID: id_ce_basicConstraints, extnValue: new OctetString(noAuthority) }),
    ]),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey);
  const certificate = AsnConvert.serialize(
    new Certificate({
      tbsCertificate,
      signatureAlgorithm: algorithm,
      signatureValue: new Uint8Array(signature).buffer,
    }),
  );
  const base64 = Buffer.from(certificate).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
}

/** The node that a TLS peer has proven to be by its certificate. Throws `identity.invalid`. */
export function nodeIdOfCertificate(certificate: NodeCertificate | undefined): string {
  if (certificate?.publicKey.asymmetricKeyType !== 'ed25519')
    throw new AbhayaError('identity.invalid', 'the peer showed no Ed25519 certificate');
  const { x } = certificate.publicKey.export({ format: 'jwk' });
  return parseNodeId(Buffer.from(String(x), 'base64url').toString('hex'));
}
