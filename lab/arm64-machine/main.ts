// `node lab/arm64-machine/main.ts`: starts the machine as a phone, says where adb finds it, and ends it with Ctrl-C.
// `npm run phone:arm64` calls it.

import { loadToolchain } from '#lab/toolchain';
import { findMachineFiles } from './machine-files.ts';
import { startPhoneMachine } from './phone-machine.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
const toolchain = loadToolchain();
const files = findMachineFiles(toolchain);
try {
  const { address, serial, ended } = await startPhoneMachine({
    files,
    dist: toolchain.dist,
    signal: stop.signal,
  });
  process.stdout.write(
    `${serial} at ${address}\n  npx abhaya connect ${address}\n  npx abhaya attach -s ${address}\n`,
  );
  const { console } = await ended;
  process.stdout.write(`the phone is gone:\n${console}\n`);
  process.exitCode = 1;
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
