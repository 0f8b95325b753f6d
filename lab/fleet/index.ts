export * from './agent-client.ts';
export * from './attached-phones.ts';
export * from './fleet.ts';
export * from './jvm-flags.ts';
export * from './layout.ts';
export * from './payload.ts';
export * from './phone-session.ts';
export * from './preload.ts';
