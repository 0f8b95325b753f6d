export { createMinInterval } from './core/index.ts';
export * from './export-stream.ts';
export * from './history.ts';
export type { TaskFilter } from './queries.ts';
export * from './record-lab.ts';
