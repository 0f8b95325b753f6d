export * from './starter.ts';
