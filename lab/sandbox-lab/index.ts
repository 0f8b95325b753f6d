export * from './attacks/index.ts';
export * from './bench/index.ts';
