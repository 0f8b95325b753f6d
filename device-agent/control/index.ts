export * from './attach-store.ts';
export * from './bridge-server.ts';
export * from './control-server.ts';
export * from './rpc-peer.ts';
export * from './spool.ts';
