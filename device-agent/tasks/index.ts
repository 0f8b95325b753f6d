export { receiptBytes } from './core/digests.ts';
export * from './core/executor.ts';
export * from './core/metadata-cache.ts';
export * from './core/requester.ts';
export * from './core/requester-words.ts';
export * from './core/scoring.ts';
export * from './engine.ts';
export * from './port.ts';
