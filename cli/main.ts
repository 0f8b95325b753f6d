// Entry of `abhaya`. Arguments in, one command run, an exit code out (docs/CLI.md).

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from './program.ts';

const here = fileURLToPath(import.meta.url);
// From source the lab host runs from source too; in the bundle they lie side by side.
const hostEntry = here.endsWith('.ts')
  ? path.join(path.dirname(here), '..', 'lab', 'main.ts')
  : path.join(path.dirname(here), 'lab-host.mjs');

process.stderr.on('error', () => {}); // of a terminal that was closed: nobody is left to be told
process.exitCode = await runCli(process.argv.slice(2), { hostCommand: [process.execPath, hostEntry] });
