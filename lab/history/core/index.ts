export * from './bucket-plan.ts';
export * from './min-interval.ts';
export * from './records.ts';
export * from './service-stats.ts';
export * from './task-row.ts';
export * from './write-buffer.ts';
