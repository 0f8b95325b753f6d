export * from './compare.ts';
export * from './sandbox-runs.ts';
