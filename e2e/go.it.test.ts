// A program in Go as users run it: in a package for the phone's ABI, on one phone for another.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signerFromSeed, writePackage } from '#agent/services';
import { goPrograms } from '../android-shim/programs/go.ts';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { runService } from './run-service.tester.ts';

const abi = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';
const program = goPrograms('go').find(({ name }) => name === 'go-logfilter');

/** The package of the program, signed. */
async function writeGoPackage(folder: string): Promise<string> {
  const build = path.join(folder, 'build');
  await mkdir(build);
  const file = await program?.file(build);
  const { bytes } = await writePackage(
    {
      manifest: {
        ...{
          manifestVersion: '1.0',
          packageId: 'org.example.failures',
          version: '1.0.0',
          serviceName: 'Failures',
        },
        ...{ description: 'Tells which paths of a web server fail.', serviceType: 'TEXT_PROCESSING' },
        ...{
          language: 'go',
          entryPoint: 'service/failures',
          runtimeRequired: ['go'],
          deviceProfile: 'budget',
        },
        resourceRequirements: {
          ...{ minMemoryMB: 16, maxMemoryMB: 64, estimatedCpuUsage: 0.5 },
          ...{ storageRequiredMB: 4, requiresGPU: false },
        },
        executionTimeoutSeconds: 30,
        platformSupport: ['android', 'linux'],
        inputs: [{ name: 'log', schema: {}, mediaType: 'text/plain', required: true, maxBytes: 1 << 24 }],
        outputs: [
          { name: 'failures', schema: {}, mediaType: 'text/plain', required: true, maxBytes: 1 << 20 },
        ],
        inputSources: ['file'],
        capabilities: ['test'],
        privacyClass: 'public',
      },
      files: new Map([[`service/${abi}/failures`, await readFile(file ?? '')]]),
    },
    signerFromSeed(new Uint8Array(32).fill(9)),
  );
  const out = path.join(folder, 'failures.meshsvc');
  await writeFile(out, bytes);
  return out;
}

let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
  await lab.cli('up', '--phones', '2', '--profile', 'budget', '--detach');
});
afterAll(() => lab.close());

test('a log that one phone has is read on another', async () => {
  const installed = await lab.cli('services', 'install', await writeGoPackage(lab.home));
  expect(installed).toMatchObject({ exitCode: 0 });
  const [from, on] = await (await lab.client()).phones();
  const input = `log=${await lab.file('access.log', program?.input ?? '')}`;
  const done = await runService(lab, {
    service: 'org.example.failures',
    input,
    from: from?.serial,
    on: on?.serial,
  });
  expect(done.error).toBeUndefined();
  expect(done).toMatchObject({ state: 'acknowledged', report: { reason: 'completed' } });
  expect(await readFile(done.outputs[0]?.path ?? '')).toEqual(Buffer.from(program?.expected ?? ''));
});
