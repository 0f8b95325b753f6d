export { encodeFrame, FrameDecoder } from './frame-decoder.ts';
export * from './port.ts';
export * from './proven-runtimes.ts';
export { type SandboxOptions, startSandbox } from './start-sandbox.ts';
