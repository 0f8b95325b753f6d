export * from './execute.ts';
export * from './local-sandbox.ts';
export * from './runtime-folders.ts';
