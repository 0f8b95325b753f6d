export { type AdbServerOptions, openAdbServer } from './adb-server.ts';
export { freePort } from './free-port.ts';
export { operationLibraries } from './operations.ts';
export type {
  AdbDevice,
  AdbServer,
  AdbState,
  AdbTransport,
  DeviceEntry,
  DeviceProcess,
  DeviceTransport,
  ShellOptions,
  ShellResult,
} from './port.ts';
export { type PrivateServer, type PrivateServerOptions, startPrivateServer } from './private-server.ts';
