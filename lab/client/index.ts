export * from './lab-client.ts';
