// `abhaya sandbox attack`: hostile programs, runtime after runtime, each attempt beside its control.

import { writeFile } from 'node:fs/promises';
import { AbhayaError, isAbhayaError } from '#base';
import {
  type AttackReport,
  type AttackResult,
  attackSuites,
  findAttackFiles,
  isClean,
  needSandboxSystem,
  runAttacks,
} from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import { attackDocument, type NotOffered, troubles } from '../attack-document.ts';
import type { CommandContext } from '../context.ts';
import { junitOf } from '../junit.ts';
import { table } from '../print.ts';

export interface AttackCommandOptions {
  readonly runtime?: readonly string[];
  readonly attack?: readonly string[];
  readonly junit?: string;
}

/** Throws `sandbox.breached` when anything escaped, was not reported, or had a control that failed. */
export async function sandboxAttack(context: CommandContext, options: AttackCommandOptions): Promise<void> {
  const { printer } = context;
  needSandboxSystem();
  const files = findAttackFiles(loadToolchain());
  const { runtime: named, attack } = options;
  const suites = attackSuites.filter(({ runtime }) => named?.includes(runtime) ?? true);
  const unknown = named?.find((name) => !suites.some(({ runtime }) => runtime === name));
  if (unknown !== undefined) throw new AbhayaError('not-found', `there are no attacks for ${unknown}`);

  const reports: AttackReport[] = [];
  const notOffered: NotOffered[] = [];
  for (const suite of suites) {
    const { runtime } = suite;
    try {
      const report = await runAttacks(suite, {
        files,
        signal: context.signal,
        ...(attack ? { only: (name: string) => attack.includes(name) } : {}),
        onResult: (result, done, of) => tell(context, runtime, result, `${done}/${of}`),
      });
      reports.push(report);
    } catch (error) {
      // Who asks for everything gets what there is; an attack's name may be one runtime's only.
      const passable = isAbhayaError(error, 'sandbox.unavailable') || isAbhayaError(error, 'input.invalid');
      if (named !== undefined || !passable) throw error;
      if (isAbhayaError(error, 'sandbox.unavailable')) notOffered.push({ runtime, why: error.message });
    }
  }
  if (reports.length === 0)
    throw notOffered[0]
      ? new AbhayaError('sandbox.unavailable', notOffered[0].why)
      : new AbhayaError('not-found', `there is no such attack: ${attack?.join(', ') ?? ''}`);
  if (options.junit !== undefined) await writeFile(options.junit, await junitOf(reports));
  printer.result(attackDocument(reports, notOffered), () => text(reports, notOffered));
  if (!reports.every(isClean)) throw new AbhayaError('sandbox.breached', troubles(reports));
}

function tell({ printer }: CommandContext, runtime: string, result: AttackResult, progress: string): void {
  if (result.problem !== undefined) printer.note(`${runtime} ${result.name}: ${result.problem}`);
  if (process.stderr.isTTY) printer.progress(`${runtime} ${progress} ${result.name}`);
}

function text(reports: readonly AttackReport[], notOffered: readonly NotOffered[]): string {
  const rows = reports.flatMap(({ runtime, attacks }) =>
    attacks.map((it) => [
      ...[runtime, it.name, it.control, it.outcome],
      `${it.reported ? '' : 'NOT AS EXPECTED: '}${[it.reason, it.syscall, it.signal].filter(Boolean).join(' ')}`,
    ]),
  );
  return [
    table(['runtime', 'attack', 'control', 'outcome', 'reported as'], rows),
    '',
    ...reports.map((it) => {
      const { attacks, escapes, unreported, failedControls } = it;
      const counts = `${escapes} escaped, ${unreported} not reported, ${failedControls} controls failed`;
      return `${it.runtime} on ${it.arch}, Linux ${it.kernel}: ${attacks.length} attacks, ${counts}`;
    }),
    ...notOffered.map(({ runtime, why }) => `${runtime}: not attacked: ${why}`),
  ].join('\n');
}
