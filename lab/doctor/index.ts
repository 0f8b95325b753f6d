export * from './adb-check.ts';
export * from './local-checks.ts';
