export * from './attacked-runtimes.ts';
export { encodeFrame, FrameDecoder } from './frame-decoder.ts';
export * from './port.ts';
export { createShimWay, type ShimWay } from './shim-sandbox.ts';
export { type SandboxOptions, startSandbox } from './start-sandbox.ts';
