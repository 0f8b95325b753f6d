// Runs inside the machine, as it stands, on the guest's Node.js: the jobs of /machine/jobs.json, lanes beside each other,
// the jobs of a lane one after the other. Every line that a job prints and every end of a job is a line of JSON on stdout.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Job {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly folder?: string;
}

const WORDS_KEPT = 2_000;

const say = (line: object): void => {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  // The port takes what it has room for.
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
};

async function run({ name, command: [program, ...args], folder = '/' }: Job): Promise<void> {
  const start = performance.now();
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-WORDS_KEPT);
  });
  child.on('error', (error) => {
    words += error.message;
  });
  createInterface({ input: child.stdout }).on('line', (line) => say({ kind: 'line', job: name, line }));
  const [code, signal] = await once(child, 'close');
  say({ kind: 'end', job: name, code, signal, words, ms: Math.round(performance.now() - start) });
}

const lanes: Job[][] = JSON.parse(readFileSync('/machine/jobs.json', 'utf8'));
await Promise.all(
  lanes.map(async (lane) => {
    for (const job of lane) await run(job);
  }),
);
say({ kind: 'done', uptime: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) });
