export * from './bench-csv.ts';
export * from './measure-here.ts';
export * from './result.ts';
export * from './statistics.ts';
