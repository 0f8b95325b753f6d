export * from './bench-csv.ts';
export * from './measure-here.ts';
export * from './result.ts';
export { type HereOptions, offerHere, openSandboxHere } from './sandbox-here.ts';
export * from './statistics.ts';
