// `npm run test:arm64 [-- --all]`: sets up QEMU, a Debian kernel and a phone's Node.js, boots them, and attacks the sandbox inside. The
// last line is `N passed, N failed`; `npm test` does the same as its last part.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGates } from './gates/context.mjs';
import { report, timed } from './gates/report.mjs';
import { arm64 } from './gates/runners.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { SetupError } from './setup/errors.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { printTimings } from './setup/timings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await asProgram(async (signal) => {
  if (process.platform !== 'linux')
    throw new SetupError('The arm64 machine is made of Debian packages: Linux only.');
  printTimings(await setUp({ root, signal, steps: stepsFor({ arm64: true }) }));
  return report([await timed('arm64', () => arm64(createGates({ root, signal }), process.argv.slice(2)))]);
});
