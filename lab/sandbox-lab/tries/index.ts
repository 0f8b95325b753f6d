export * from './output-head.ts';
export * from './try-desk.ts';
