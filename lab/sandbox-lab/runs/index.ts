export * from './attack-csv.ts';
export * from './attack-desk.ts';
export * from './attack-junit.ts';
export * from './compare.ts';
export * from './compare-attacks.ts';
export * from './partial-report.ts';
export * from './sandbox-runs.ts';
