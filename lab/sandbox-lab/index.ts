export * from './attacks/index.ts';
export * from './bench/index.ts';
export * from './local/index.ts';
export * from './policy/index.ts';
export * from './runs/index.ts';
export * from './soak/run-soak.ts';
export * from './tries/index.ts';
