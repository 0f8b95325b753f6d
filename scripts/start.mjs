// `npm start`: sets up what is missing, builds, and opens the control center with five virtual phones.
// `npm start -- --headless` is the same without a window; what else is given goes to `abhaya up`.
// `npm start -- --phones N` opens the window with N.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stepsFor } from './setup/all-steps.mjs';
import { createContext } from './setup/context.mjs';
import { electronCommand } from './setup/electron.mjs';
import { SetupError } from './setup/errors.mjs';
import { runInForeground } from './setup/foreground.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { pinnedNode } from './setup/node-modules.mjs';
import { printTimings } from './setup/timings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const headless = args.includes('--headless');
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

let ready = false;
await asProgram(
  async (signal) => {
    if (!headless && !hasDisplay)
      throw new SetupError('There is no display for a window here (DISPLAY is not set).', {
        hint: 'Without a window: npm start -- --headless',
      });
    printTimings(await setUp({ root, signal, steps: stepsFor({ window: !headless }) }));
    ready = true;
  },
  { thenExit: false },
);

if (!ready) process.exit();
if (headless) {
  const rest = args.filter((arg) => arg !== '--headless');
  const phones = rest.some((arg) => arg.startsWith('--phones')) ? [] : ['--phones', '5'];
  await runInForeground(pinnedNode(root), [join(root, 'dist', 'cli.mjs'), 'up', ...phones, ...rest]);
} else {
  const { command, argv, env } = electronCommand(createContext({ root }));
  await runInForeground(command, [...argv, join(root, 'dist', 'electron', 'main.cjs'), ...args], { env });
}
