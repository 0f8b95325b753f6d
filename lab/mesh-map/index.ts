export * from './map.ts';
export * from './path.ts';
export * from './summary.ts';
