// `node android-shim/conformance/arm64/main.ts [--all] [--json FILE]`: boots the arm64 machine, attacks the sandbox in it,
// prints what is wrong, and ends with 0 only when nothing is. FILE gets the results. `npm run test:arm64` calls it.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isAbhayaError } from '#base';
import { findMachineFiles, type JobEnd } from '#lab/arm64-machine';
import { loadToolchain } from '#lab/toolchain';
import { attackMachine } from './attack-machine.ts';
import { parseAttackReport } from './attack-report.ts';

/** One line for people, and what is wrong; a job must end well and leave exactly one report. */
function judge(job: string, end: JobEnd): { readonly summary: string; readonly attacks: object[] } {
  const [text, ...more] = end.lines;
  const words = end.words.trim().slice(-500);
  const seconds = `${(end.ms / 1000).toFixed(1)} s`;
  if (text === undefined || more.length > 0)
    return failed(job, `it ended with ${end.code ?? end.signal} and ${end.lines.length} reports: ${words}`);
  const report = parseAttackReport(text);
  if ('error' in report) return failed(job, report.error.message);
  const attacks = report.attacks.map(({ name, problem }) => ({
    name: `${job}: ${name}`,
    ...(problem !== undefined && { problem }),
  }));
  const wrong = attacks.some(({ problem }) => problem !== undefined);
  if (report.attacks.length === 0 || (end.code !== 0 && !wrong))
    return failed(job, `it ended with ${end.code ?? end.signal}: ${words}`);
  const { escapes, unreported, failedControls, kernel } = report;
  const counts = `${escapes} escapes, ${unreported} unreported, ${failedControls} failed controls`;
  return {
    summary: `${job}: ${report.attacks.length} attacks, ${counts}, ${seconds}, Linux ${kernel}`,
    attacks,
  };
}

const failed = (job: string, problem: string) => ({
  summary: `${job}: FAILED`,
  attacks: [{ name: job, problem }],
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, all: { type: 'boolean', default: false } },
  });
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  const toolchain = loadToolchain();
  const files = findMachineFiles(toolchain);
  const attacks: object[] = [];
  const onEnd = (job: string, end: JobEnd) => {
    const judged = judge(job, end);
    attacks.push(...judged.attacks);
    process.stdout.write(`${judged.summary}\n`);
    for (const attack of judged.attacks)
      if ('problem' in attack) process.stdout.write(`  ${JSON.stringify(attack)}\n`);
  };
  try {
    const { uptime } = await attackMachine({
      ...{ toolchain, files, all: values.all, signal: stop.signal, onEnd },
    });
    process.stdout.write(`the machine was up for ${uptime.toFixed(0)} s\n`);
  } catch (error) {
    const details = isAbhayaError(error) ? error.details : undefined;
    const console = details && 'console' in details ? `\n${details.console}` : '';
    attacks.push({ name: 'the machine', problem: `${(error as Error).message}${console}` });
    process.stdout.write(`the machine: ${(error as Error).message}${console}\n`);
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ attacks }));
  return attacks.length > 0 && attacks.every((attack) => !('problem' in attack)) ? 0 : 1;
}

process.exitCode = await main();
