// How gates start programs: with the pinned Node, the project's own binaries first on PATH, no colour, no input.

import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from '../setup/node-modules.mjs';
import { run } from '../setup/run.mjs';

export function createGates({
  root = dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  env = process.env,
  signal,
} = {}) {
  const node = pinnedNode(root);
  const path = [dirname(node), join(root, 'node_modules', '.bin'), env.PATH].join(delimiter);
  const own = { ...env, PATH: path, FORCE_COLOR: '0', NO_COLOR: '1' };
  // Left over from an outer `npm run`, or from CI: they change what tests see.
  for (const name of ['NODE_ENV', 'NODE_OPTIONS', 'DISPLAY', 'ABHAYA_HOME']) delete own[name];
  return {
    root,
    env: own,
    signal,
    node,
    /** A program of a package in node_modules, by its file. */
    tool: (file, args, options = {}) =>
      run(node, [join(root, 'node_modules', file), ...args], { cwd: root, env: own, signal, ...options }),
    program: (command, args, options = {}) => run(command, args, { cwd: root, env: own, signal, ...options }),
  };
}
