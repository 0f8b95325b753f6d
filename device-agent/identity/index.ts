export * from './certificate.ts';
export * from './hpke-keys.ts';
export * from './hpke-suite.ts';
export * from './identity-file.ts';
export * from './node-identity.ts';
export * from './node-key.ts';
