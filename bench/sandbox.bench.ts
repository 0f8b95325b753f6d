// The sandbox lab's measurement (`abhaya bench sandbox`) with many rounds. `npm run bench sandbox`; ROUNDS in the
// environment.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { silentLogger } from '#base';
import { measureHere, resultOf } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import { benchText } from '../cli/bench-text.ts';

const rounds = Number(process.env.ROUNDS ?? 200);
const toolchain = loadToolchain();
const measured = await measureHere({ toolchain, ask: { rounds }, logger: silentLogger });
const result = resultOf(rounds, [{ place: 'local', measured }]);
const out = process.env.ABHAYA_BENCH_OUT ?? join(toolchain.projectRoot, 'bench/out/sandbox.json');
await mkdir(dirname(out), { recursive: true });
await writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
console.log(benchText(result));
