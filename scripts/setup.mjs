// `npm run setup`: packages, the pinned Node, Linux tools, build. No dependencies; Node 20 or newer runs it.
// Options: --window (also Electron), --android (also what makes the APK), --arm64 (also the runtimes of arm64 phones, and
// the machine that they are tested in), --no-build, --verify (hash every unpacked file), --quiet.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Abhaya Lab's set-up needs Node 20 or newer; this is ${process.version}.`);
  process.exit(1);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { asProgram, setUp } = await import('./setup/main.mjs');
const { printTimings } = await import('./setup/timings.mjs');
const args = process.argv.slice(2);

await asProgram(async (signal) => {
  const quiet = args.includes('--quiet');
  const { stepsFor } = await import('./setup/all-steps.mjs');
  const timings = await setUp({
    root,
    signal,
    quiet,
    verify: args.includes('--verify'),
    steps: stepsFor({
      build: !args.includes('--no-build'),
      window: args.includes('--window'),
      android: args.includes('--android'),
      arm64: args.includes('--arm64'),
    }),
  });
  if (!quiet) printTimings(timings);
});
