// `npm run test:arm64 [-- --all | --part NAME]`: sets up QEMU, a Debian kernel and the phones' runtimes, boots them, and
// attacks the sandbox inside. The last line is `N passed, N failed`; `npm test` does the part `gate` as its last.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGates } from './gates/context.mjs';
import { report, timed } from './gates/report.mjs';
import { arm64 } from './gates/runners.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { createContext } from './setup/context.mjs';
import { SetupError } from './setup/errors.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { printTimings } from './setup/timings.mjs';
import { toolsFile } from './setup/tools.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await asProgram(async (signal) => {
  if (process.platform !== 'linux')
    throw new SetupError('The arm64 machine is made of Debian packages: Linux only.');
  const options = process.argv.slice(2);
  // Go's compiler; only its programs need it.
  const tests = options.some((option) => ['--all', 'go-programs'].includes(option));
  printTimings(await setUp({ root, signal, steps: stepsFor({ arm64: true, tests }) }));
  const tools = JSON.parse(readFileSync(toolsFile(createContext({ root })), 'utf8')).tools;
  const work = () => arm64(createGates({ root, signal }), tools, { options, minutes: 120 });
  return report([await timed('arm64', work)]);
});
