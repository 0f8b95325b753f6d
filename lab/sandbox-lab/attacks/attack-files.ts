// Where this machine has what attacks need: what the build made, and the programs that set-up found.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AbhayaError } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { findRuntimeFolders, hostAbi } from '../local/runtime-folders.ts';
import type { AttackFiles } from './attack-suite.ts';

/** Throws `host.setup` where the attack programs are not built. */
export function findAttackFiles(toolchain: Toolchain, abi = hostAbi()): AttackFiles {
  const programs = join(toolchain.dist, 'conformance', abi);
  const launcher = join(toolchain.dist, 'native', abi, 'abhaya-launcher');
  for (const path of [programs, launcher])
    if (!existsSync(path)) throw new AbhayaError('host.setup', `${path} is not there; type: npm run build`);
  const java = toolchain.find('java');
  return {
    launcher,
    programs,
    runtimes: findRuntimeFolders(toolchain, abi).folders,
    tools: { node: toolchain.node, ...(java === undefined ? {} : { java }) },
  };
}
