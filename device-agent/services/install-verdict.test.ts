// The verdict by device and manifest, each reason in a sentence.

import { describe, expect, it } from 'vitest';
import { parseManifest } from '#schemas';
import { testManifest } from './craft-zip.tester.ts';
import { type DeviceFacts, installVerdict } from './install-verdict.ts';

const phone: DeviceFacts = {
  profile: 'mid-range',
  abi: 'arm64-v8a',
  platforms: ['android'],
  runtimes: ['native'],
  memoryMB: 4096,
  freeStorageMB: 1000,
  hasGpu: false,
  specialHardware: [],
};
const files = { 'service/echo': new Uint8Array(1) };
const needs = (more: object) => ({
  resourceRequirements: {
    minMemoryMB: 1,
    estimatedCpuUsage: 0,
    storageRequiredMB: 1,
    requiresGPU: false,
    ...more,
  },
});
const judge = (device: Partial<DeviceFacts>, change: object, own: Record<string, Uint8Array> = files) =>
  installVerdict({ ...phone, ...device }, parseManifest(testManifest(own, change)));

describe('installVerdict', () => {
  it('passes what fits', () => {
    expect(judge({}, {})).toEqual({ verdict: 'ok', reasons: [] });
    // What Rust makes is a native program.
    expect(judge({}, { language: 'rust', runtimeRequired: ['rust'] }).verdict).toBe('ok');
    expect(judge({ runtimes: ['native', 'go'] }, { language: 'go', runtimeRequired: ['go'] }).verdict).toBe(
      'ok',
    );
  });

  it.each<[string, Partial<DeviceFacts>, object, RegExp]>([
    [
      'a device that cannot sandbox',
      { runtimes: [], sandboxUnavailable: 'seccomp is missing' },
      {},
      /can't sandbox: seccomp is missing/,
    ],
    ['a runtime that is not there', {}, { runtimeRequired: ['jvm'] }, /runtime jvm/],
    ['a weaker device', {}, { deviceProfile: 'flagship' }, /needs a flagship device/],
    ['another platform', {}, { platformSupport: ['wasm'] }, /is for wasm/],
    [
      'more memory than the profile gives',
      {},
      needs({ minMemoryMB: 300, maxMemoryMB: 400 }),
      /at most 256 MB/,
    ],
    ['more memory than there is', { memoryMB: 32 }, needs({ minMemoryMB: 60 }), /has 32 MB/],
    ['no storage', { freeStorageMB: 0 }, {}, /0 MB are free/],
    ['no GPU', {}, needs({ requiresGPU: true }), /GPU/],
    ['missing hardware', {}, needs({ requiresSpecialHardware: ['lidar'] }), /lidar/],
    [
      'several inputs',
      {},
      {
        inputs: ['a', 'b'].map((name) => ({
          name,
          schema: {},
          mediaType: 'text/plain',
          required: true,
          maxBytes: 1,
        })),
      },
      /framed/,
    ],
    ['a workflow', {}, { serviceType: 'WORKFLOW' }, /Workflow/],
    ['downloads', {}, { externalDependencies: [{ name: 'x', url: 'http://x', via: 'tor' }] }, /network/],
  ])('rejects %s', (_what, device, change, reason) => {
    const { verdict, reasons } = judge(device, change);
    expect(verdict).toBe('reject');
    expect(reasons.join(' ')).toMatch(reason);
  });

  it('rejects a package without a program for the ABI, takes the one that it has', () => {
    const arm = { 'service/arm64-v8a/echo': new Uint8Array(1) };
    expect(judge({}, {}, arm).verdict).toBe('ok');
    expect(judge({ abi: 'x86_64' }, {}, arm).reasons).toEqual([
      "The package has no program for the device's ABI x86_64.",
    ]);
  });

  it('warns of less memory than wanted and of optional runtimes', () => {
    const { verdict, reasons } = judge({}, { ...needs({ maxMemoryMB: 512 }), runtimeOptional: ['wasm'] });
    expect(verdict).toBe('warn');
    expect(reasons).toHaveLength(2);
  });
});
