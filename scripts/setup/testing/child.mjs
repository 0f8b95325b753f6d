// A set-up of one planted tool as a process of its own, to be killed, starved and raced by tests.
// argv[2]: JSON {root, etc, verify?, timeoutSeconds?}.

import { asProgram, setUp } from '../main.mjs';
import { toolsStep } from '../tools.mjs';

const config = JSON.parse(process.argv[2]);
const groups = [
  {
    name: 'planted',
    packages: [['planted']],
    status: 'none',
    size: '1 kB',
    tools: [
      {
        key: 'planted',
        system: [],
        places: ['usr/bin/planted'],
        probe: { args: [], accept: (output) => output === 'planted 1.0\n' },
        wrap: (root, place) => `exec "${root}/${place}" "$@"`,
      },
    ],
  },
];

await asProgram(async (signal) => {
  const timings = await setUp({
    root: config.root,
    signal,
    verify: config.verify ?? false,
    steps: [toolsStep],
    lockTimeoutMs: config.lockTimeoutMs ?? 60_000,
    overrides: { groups, apt: { etc: config.etc, timeoutSeconds: config.timeoutSeconds ?? 30, retries: 0 } },
  });
  process.stdout.write(
    `${timings.map(({ name, did }) => `${name} ${did ? 'did' : 'nothing to do'}`).join('\n')}\n`,
  );
});
