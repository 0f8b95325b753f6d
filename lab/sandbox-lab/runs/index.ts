export * from './attack-desk.ts';
export * from './compare.ts';
export * from './sandbox-runs.ts';
