export * from './run-lab-host.ts';
