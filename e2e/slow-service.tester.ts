// A service that computes long enough to be killed, cut off or cancelled in the middle.

import { execFile, execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { signerFromSeed, writePackage } from '#agent/services';
import { loadToolchain } from '#lab/toolchain';

export interface SlowPackage {
  readonly file: string;
  /** What its input must say for some seconds of work on this machine. */
  readonly rounds: number;
}

const SLOW_SECONDS = 5;
const TRIED_ROUNDS = 200;

/** A signed package of the program, for flagships only. */
export async function writeSlowPackage(folder: string): Promise<SlowPackage> {
  const program = path.join(folder, 'slow');
  const cc = loadToolchain().need('cc');
  await promisify(execFile)(cc, [
    '-O1',
    '-static',
    '-o',
    program,
    path.join(import.meta.dirname, 'programs', 'slow.c'),
  ]);
  const { bytes } = await writePackage(
    {
      manifest: {
        manifestVersion: '1.0',
        packageId: 'org.example.slow',
        version: '1.0.0',
        serviceName: 'Slow',
        description: 'Computes for a while.',
        serviceType: 'MATHEMATICAL',
        language: 'c',
        entryPoint: 'service/slow',
        runtimeRequired: ['native'],
        deviceProfile: 'flagship',
        resourceRequirements: {
          minMemoryMB: 4,
          maxMemoryMB: 16,
          estimatedCpuUsage: 1,
          storageRequiredMB: 1,
          requiresGPU: false,
        },
        executionTimeoutSeconds: 30,
        platformSupport: ['android', 'linux'],
        inputs: [
          {
            name: 'rounds',
            schema: { type: 'integer' },
            mediaType: 'application/json',
            required: true,
            maxBytes: 16,
          },
        ],
        outputs: [{ name: 'number', schema: {}, mediaType: 'text/plain', required: true, maxBytes: 64 }],
        inputSources: ['value'],
        capabilities: ['test'],
        privacyClass: 'public',
      },
      files: new Map([['service/slow', await readFile(program)]]),
    },
    signerFromSeed(new Uint8Array(32).fill(7)),
  );
  const file = path.join(folder, 'slow.meshsvc');
  await writeFile(file, bytes);
  return { file, rounds: roundsOf(program) };
}

/** By trying it: processors differ by more than the time between too soon and the package's own limit. */
function roundsOf(program: string): number {
  const start = performance.now();
  execFileSync(program, { input: String(TRIED_ROUNDS) });
  const seconds = (performance.now() - start) / 1000;
  return Math.ceil((TRIED_ROUNDS * SLOW_SECONDS) / seconds);
}
