// `npm start`: sets up what is missing, builds, and opens the control center with five virtual phones.
// `npm start -- --headless` is the same without a window; what else is given goes to `abhaya up`.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stepsFor } from './setup/all-steps.mjs';
import { runInForeground } from './setup/foreground.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { pinnedNode } from './setup/node-modules.mjs';
import { printTimings } from './setup/timings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

let ready = false;
await asProgram(
  async (signal) => {
    printTimings(await setUp({ root, signal, steps: stepsFor() }));
    if (args.includes('--headless')) ready = true;
    else {
      console.log('\nEverything is set up. The window comes with the next release; until then:');
      console.log('  npm start -- --headless      the lab host with five virtual phones');
      console.log('  node bin/abhaya.js --help    the command line');
    }
  },
  { thenExit: false },
);

if (ready) {
  const rest = args.filter((arg) => arg !== '--headless');
  const phones = rest.some((arg) => arg.startsWith('--phones')) ? [] : ['--phones', '5'];
  await runInForeground(pinnedNode(root), [join(root, 'dist', 'cli.mjs'), 'up', ...phones, ...rest]);
} else process.exit();
