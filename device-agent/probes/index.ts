export * from './device-probe.ts';
export * from './parse-proc.ts';
