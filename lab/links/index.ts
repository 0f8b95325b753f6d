export * from './bridged-link.ts';
export * from './link-end.ts';
export * from './link-table.ts';
export * from './shape.ts';
export * from './topologies.ts';
