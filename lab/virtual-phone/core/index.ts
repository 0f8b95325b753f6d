export * from './adb-connection.ts';
export * from './adb-stream.ts';
export * from './auth.ts';
export * from './banner.ts';
export * from './packet.ts';
export * from './service-name.ts';
export * from './shell-v2.ts';
export * from './sync-codec.ts';
