export * from './doors.ts';
export type * from './lab-host-port.ts';
export * from './server.ts';
