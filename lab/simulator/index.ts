export * from './near-pairs.ts';
export * from './simulated-mesh.ts';
export * from './simulations.ts';
export * from './simulator.ts';
export * from './toy-signatures.ts';
