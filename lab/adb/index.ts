export { type AdbServerOptions, openAdbServer } from './adb-server.ts';
export { operationLibraries } from './operations.ts';
export { type BatteryReading, parseBattery } from './parsers/battery.ts';
export { parseGetprop } from './parsers/getprop.ts';
export { type MemoryReading, parseMeminfo } from './parsers/meminfo.ts';
export { parseThermal, type ThermalReading } from './parsers/thermal.ts';
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
export { type DeviceFacts, probeDevice } from './probe-device.ts';
