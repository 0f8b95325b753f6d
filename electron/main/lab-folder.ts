// Where the lab host's program is: beside us in dist/ of a checkout, or in the resources of an installed app.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { AbhayaError } from '#base';
import { findProjectRoot, pinnedNode } from '#lab/toolchain';

/** Command line of the lab host: always the pinned Node, never Electron's own. Throws `host.setup`. */
export function labHostCommand(here: string, resources: string): readonly [string, string] {
  const packaged = path.join(resources, 'lab');
  const root = existsSync(path.join(packaged, 'package.json')) ? packaged : findProjectRoot(here);
  const program = path.join(root, 'dist', 'lab-host.mjs');
  if (!existsSync(program))
    throw new AbhayaError('host.setup', 'the lab host is not built; type: npm run setup');
  return [pinnedNode(root), program];
}
