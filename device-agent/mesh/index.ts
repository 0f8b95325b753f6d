export * from './core/effects.ts';
export * from './core/mesh-core.ts';
export * from './core/numbers.ts';
export * from './frame-capture.ts';
export type { Dialler, DiallerState } from './link/dialler.ts';
export type { LinkEnd, LinkStats } from './link/ws-link.ts';
export * from './mesh-node.ts';
export * from './mesh-stats.ts';
export * from './port.ts';
