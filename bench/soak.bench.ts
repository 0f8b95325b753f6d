// Ten thousand mixed runs, one in ten hostile, and how soon everything is gone after kill -9 of launcher, supervisor and
// agent. `npm run bench soak`; RUNS and KILLS in the environment.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runSoak } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import { killAndWatch, victims } from '../device-agent/sandbox/outlive-tester.ts';

const runs = Number(process.env.RUNS ?? 10_000);
const kills = Number(process.env.KILLS ?? 10);
const toolchain = loadToolchain();

const outlived: Record<string, { medianMs: number; mostMs: number; n: number }> = {};
for (const victim of victims) {
  const ms: number[] = [];
  for (let i = 0; i < kills; i++) ms.push((await killAndWatch(victim)).ms);
  ms.sort((a, b) => a - b);
  outlived[victim] = { medianMs: ms[kills >> 1] ?? 0, mostMs: ms.at(-1) ?? 0, n: kills };
  console.log(`kill -9 of the ${victim}: all gone after`, outlived[victim]);
}
let told = 0;
const soak = await runSoak({
  toolchain,
  runs,
  onProgress: (done) => {
    if (done - told < runs / 10) return;
    told = done;
    console.log(`${done} of ${runs}`);
  },
});
const out = process.env.ABHAYA_BENCH_OUT ?? join(toolchain.projectRoot, 'bench/out/soak.json');
await mkdir(dirname(out), { recursive: true });
await writeFile(out, `${JSON.stringify({ ...soak, outlived }, null, 2)}\n`);
console.log(JSON.stringify(soak, null, 2));
