export * from './toolchain.ts';
