export * from './simulator.ts';
export * from './toy-signatures.ts';
