// A program for tests and benchmarks: owns a sandbox as an agent does, with services that never end and others that wait,
// says `running` when all are there, and lives until it is killed or its stdin ends. Argument: an OutliveAsk as JSON.

import { silentLogger } from '#base';
import type { OutliveAsk } from './outlive-tester.ts';
import { startSandbox } from './start-sandbox.ts';

const ask = JSON.parse(process.argv[2] ?? '') as OutliveAsk;
const sandbox = await startSandbox({ ...ask.sandbox, logger: silentLogger });
const running = ask.jobs.map(
  (job) =>
    new Promise<void>((resolve, reject) => {
      const ended = sandbox.run(job, { onProgress: () => resolve() });
      ended.then(({ reason }) => reject(new Error(`${job.runtime} ended: ${reason}`)), reject);
    }),
);
await Promise.all(running);
process.stdout.write('running\n');
process.stdin.resume().on('end', () => void sandbox.close());
