export * from './lab-client.ts';
export { nameFor, namingOf } from './output-names.ts';
