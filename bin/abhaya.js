#!/usr/bin/env node
// Entry of `abhaya`: the built command line, run by the pinned Node whatever Node started this.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInForeground } from '../scripts/setup/foreground.mjs';
import { pinnedNode } from '../scripts/setup/node-modules.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(root, 'dist', 'cli.mjs');

const node = (() => {
  try {
    return pinnedNode(root);
  } catch (error) {
    console.error(error.message);
    process.exit(12);
  }
})();

if (!existsSync(node) || !existsSync(cli)) {
  console.error('Abhaya Lab is not built yet; run: npm run setup');
  process.exit(12);
}
await runInForeground(node, [cli, ...process.argv.slice(2)]);
