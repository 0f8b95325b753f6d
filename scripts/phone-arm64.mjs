// `npm run phone:arm64`: the arm64 machine of the tests as a phone, until Ctrl-C. Prints how it is attached.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGates } from './gates/context.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { SetupError } from './setup/errors.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { printTimings } from './setup/timings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await asProgram(async (signal) => {
  if (process.platform !== 'linux')
    throw new SetupError('The arm64 machine is made of Debian packages: Linux only.');
  printTimings(await setUp({ root, signal, steps: stepsFor({ arm64: true }) }));
  const gates = createGates({ root, signal });
  const main = join(root, 'lab', 'arm64-machine', 'main.ts');
  const { code } = await gates.program(gates.node, ['--disable-warning=ExperimentalWarning', main], {
    stdio: 'inherit',
  });
  return code;
});
