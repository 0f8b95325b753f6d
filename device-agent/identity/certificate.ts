// The self-signed certificate that shows a node's Ed25519 key in TLS. Peers pin the key; names and dates say nothing.

import { type X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
// @peculiar/x509 wires its parts with tsyringe, which wants this first.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { AbhayaError } from '#base';
import type { NodeIdentity } from './node-identity.ts';
import { parseNodeId } from './node-key.ts';

export interface TlsIdentity {
  readonly cert: string;
  /** PKCS#8 PEM: a secret. */
  readonly key: string;
}

export async function createTlsIdentity(identity: NodeIdentity): Promise<TlsIdentity> {
  const { privateKey, publicKey, nodeId } = identity;
  const algorithm = { name: 'Ed25519' };
  const keys = {
    privateKey: await webcrypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ format: 'der', type: 'pkcs8' }),
      algorithm,
      false,
      ['sign'],
    ),
    publicKey: await webcrypto.subtle.importKey(
      'spki',
      publicKey.export({ format: 'der', type: 'spki' }),
      algorithm,
      true,
      ['verify'],
    ),
  };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: `CN=${nodeId}`,
      // Wide: phones' clocks are often wrong, and the key alone is what counts.
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2120-01-01T00:00:00Z'),
      signingAlgorithm: algorithm,
      keys,
      extensions: [new x509.BasicConstraintsExtension(false)],
    },
    webcrypto as never, // its type is the browser's
  );
  return {
    cert: certificate.toString('pem'),
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
