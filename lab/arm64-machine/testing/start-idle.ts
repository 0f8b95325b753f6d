// For a test: starts a machine that runs until it is switched off, prints QEMU's process number, and never ends.

import { loadToolchain } from '../../toolchain/index.ts';
import { initialRoot } from '../initial-root.ts';
import { startMachine } from '../machine.ts';
import { findMachineFiles } from '../machine-files.ts';

const files = findMachineFiles(loadToolchain());
const root = initialRoot(files, ['/bin/sh', '-c', 'exec sleep 1000']);
const { pid } = await startMachine({ files, root, memoryMb: 512, processors: 1, onLine: () => {} });
process.stdout.write(`${pid}\n`);
setInterval(() => {}, 1000);
