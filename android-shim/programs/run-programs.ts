// The programs in Go without a test runner, as an arm64 guest has none: `node programs.mjs LAUNCHER FOLDER`, where FOLDER has
// each under its name. Twenty runs of each, two at once; prints TAP, and ends with 1 when anything is wrong.

import { join } from 'node:path';
import { Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { goPrograms } from './go.ts';
import type { Program } from './program.ts';

const RUNS = 20;
const AT_ONCE = 2;
/** A machine in emulation is slow, and may be busy. */
const limits = { wallMs: 120_000, cpuMs: 120_000, maxOutputBytes: 8 << 20 };

/** What is wrong with a run; undefined: nothing. */
async function problemOf(
  launcher: LauncherTester,
  workspace: Workspace,
  program: string,
  { runtime, input, expected, read }: Program,
): Promise<string | undefined> {
  const job = await workspace.job(program, input, { runtime, ...limits });
  const report = await Promise.race([launcher.run(job), launcher.exited]);
  if (typeof report !== 'object') return `the launcher ended with ${report}`;
  if (report.reason !== 'completed') return JSON.stringify(report);
  const output = await workspace.output(job);
  return Buffer.compare(read ? read(output) : output, expected) === 0 ? undefined : 'another answer';
}

async function main(path = '', folder = ''): Promise<number> {
  const launcher = new LauncherTester(path);
  const workspace = await Workspace.open();
  const programs = goPrograms('go');
  let wrong = 0;
  const tell = (fine: boolean, text: string): void => {
    if (!fine) wrong++;
    process.stdout.write(`${fine ? 'ok' : 'not ok'} - ${text.replaceAll('\n', ' ')}\n`);
  };
  for (const program of programs) {
    const start = performance.now();
    const problems: string[] = [];
    const line = async (): Promise<void> => {
      for (let run = 0; run < RUNS / AT_ONCE; run++) {
        const problem = await problemOf(launcher, workspace, join(folder, program.name), program);
        if (problem !== undefined) problems.push(problem);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const [first] = problems;
    tell(
      first === undefined,
      first === undefined
        ? `${program.name}: ${RUNS} runs in ${seconds} s`
        : `${program.name}: ${problems.length} of ${RUNS} runs: ${first}`,
    );
  }
  const ended = await launcher.close();
  if (ended !== 0) tell(false, `the launcher ended with ${ended}`);
  await workspace.close();
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main(...process.argv.slice(2));
