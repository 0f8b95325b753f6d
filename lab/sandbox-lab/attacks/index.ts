export * from './attack-files.ts';
export * from './attack-session.ts';
export * from './attack-suite.ts';
export * from './run-attacks.ts';
export * from './suites.ts';
