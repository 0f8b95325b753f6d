// Ceilings of a sandbox that runs one program for a person: what was asked for, and no more.

import type { SandboxLimits } from '#schemas';

const MIB = 1024 * 1024;

export const sandboxLimits = (asked: {
  memoryMB: number;
  seconds: number;
  outputMB: number;
}): SandboxLimits => ({
  maxMemoryBytes: asked.memoryMB * MIB,
  maxWallMs: asked.seconds * 1_000,
  maxCpuMs: asked.seconds * 1_000,
  maxOutputBytes: Math.max(1, asked.outputMB * MIB),
  maxChildren: 1,
});
