export * from './home.ts';
export * from './launch.ts';
export * from './process-identity.ts';
