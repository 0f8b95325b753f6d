export * from './local-checks.ts';
