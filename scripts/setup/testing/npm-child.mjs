// A set-up of node_modules as a process of its own, to be killed and starved by tests. argv[2]: JSON {root, npm?}.

import { asProgram, setUp } from '../main.mjs';
import { nodeModulesStep } from '../node-modules.mjs';

const { root, npm } = JSON.parse(process.argv[2]);

await asProgram(async (signal) => {
  const [{ did }] = await setUp({ root, signal, steps: [nodeModulesStep], overrides: { npm } });
  process.stdout.write(did ? 'did\n' : 'nothing to do\n');
});
