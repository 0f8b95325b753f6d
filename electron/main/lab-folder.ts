// Where the lab host's program is: beside us in dist/ of a checkout, or in the resources of an installed app.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { AbhayaError } from '#base';
import { findProjectRoot, pinnedNode } from '#lab/toolchain';

/**
 * Command line of the lab host: always the pinned Node, never Electron's own. On Linux without what Electron has open,
 * since the lab host may outlive it. Throws `host.setup`.
 */
export function labHostCommand(here: string, resources: string): readonly string[] {
  const packaged = path.join(resources, 'lab');
  const root = existsSync(path.join(packaged, 'package.json')) ? packaged : findProjectRoot(here);
  const program = path.join(root, 'dist', 'lab-host.mjs');
  if (!existsSync(program))
    throw new AbhayaError('host.setup', 'the lab host is not built; type: npm run setup');
  const abi = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';
  const phoneInit = path.join(root, 'dist', 'native', abi, 'phone-init');
  return [...(existsSync(phoneInit) ? [phoneInit, 'apart'] : []), pinnedNode(root), program];
}
