// `abhaya sandbox attack`: hostile programs, runtime after runtime, each attempt beside its control; by the lab host,
// where one runs, which keeps the outcomes, else by ourselves.

import { writeFile } from 'node:fs/promises';
import { AbhayaError, isAbhayaError, isErrorCode } from '#base';
import { readRunningHost } from '#lab/home';
import {
  attackJunit,
  attackSuites,
  type Counted,
  findAttackFiles,
  isClean,
  type Listener,
  needSandboxSystem,
  runAttacks,
} from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import { LOCAL_PLACE, type SandboxAttackResult, type SandboxAttackRun } from '#schemas';
import { attackDocument, type NotOffered, troubles } from '../attack-document.ts';
import { attackText } from '../attack-text.ts';
import type { CommandContext } from '../context.ts';
import { followAttack } from '../follow-attack.ts';

export interface AttackCommandOptions {
  readonly runtime?: readonly string[];
  readonly attack?: readonly string[];
  readonly phone?: string;
  readonly junit?: string;
  /** How the launcher of this machine sees calls; absent: as it finds best. */
  readonly listener?: Listener;
}

interface Attacked {
  readonly reports: readonly Counted[];
  readonly notOffered: readonly NotOffered[];
  /** Of the history, where a lab host keeps it. */
  readonly run?: Pick<SandboxAttackRun, 'runId' | 'place'>;
}

/** Throws `sandbox.breached` when anything escaped, was not reported, or had a control that failed. */
export async function sandboxAttack(context: CommandContext, options: AttackCommandOptions): Promise<void> {
  const { printer } = context;
  const unknown = options.runtime?.find((name) => !attackSuites.some(({ runtime }) => runtime === name));
  if (unknown !== undefined) throw new AbhayaError('not-found', `there are no attacks for ${unknown}`);
  const { listener, phone } = options;
  if (listener && phone !== undefined && phone !== LOCAL_PLACE)
    throw new AbhayaError(
      'input.invalid',
      'a phone sees calls as its kernel can: --listener is for this machine',
    );
  // What a phone would not do here is no measure of this machine: it is not kept.
  const byHost = !listener && (phone !== undefined || (await readRunningHost(context.home)) !== undefined);
  const { reports, notOffered, run } = byHost
    ? await attackByHost(context, options)
    : await attackAlone(context, options);
  if (options.junit !== undefined) await writeFile(options.junit, await attackJunit(reports));
  printer.result({ ...attackDocument(reports, notOffered), ...run }, () => attackText(reports, notOffered));
  if (!reports.every(isClean)) throw new AbhayaError('sandbox.breached', troubles(reports));
}

async function attackAlone(context: CommandContext, options: AttackCommandOptions): Promise<Attacked> {
  needSandboxSystem();
  const files = findAttackFiles(loadToolchain());
  const { runtime: named, attack, listener } = options;
  const suites = attackSuites.filter(({ runtime }) => named?.includes(runtime) ?? true);
  const reports: Counted[] = [];
  const notOffered: NotOffered[] = [];
  for (const suite of suites) {
    const { runtime } = suite;
    try {
      const report = await runAttacks(suite, {
        ...{ files, listener, signal: context.signal },
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
  return { reports, notOffered };
}

async function attackByHost(context: CommandContext, options: AttackCommandOptions): Promise<Attacked> {
  const { runtime, attack, phone = LOCAL_PLACE } = options;
  const run = await followAttack(context, {
    place: phone,
    ...(runtime ? { runtimes: [...new Set(runtime)] } : {}),
    ...(attack ? { attacks: [...new Set(attack)] } : {}),
  });
  const { reports, notOffered, problem, state, runId, place } = run;
  for (const report of reports)
    for (const it of report.attacks)
      if (it.problem !== undefined) context.printer.note(`${report.runtime} ${it.name}: ${it.problem}`);
  if (state === 'cancelled') throw new AbhayaError('cancelled', 'the attack was cancelled');
  if (problem)
    throw new AbhayaError(isErrorCode(problem.code) ? problem.code : 'sandbox.unavailable', problem.message);
  // Who names a runtime wants that one; who asks for everything gets what there is.
  if (notOffered[0] && (runtime || reports.length === 0))
    throw new AbhayaError('sandbox.unavailable', notOffered[0].why);
  return { reports, notOffered, run: { runId, place } };
}

function tell({ printer }: CommandContext, runtime: string, result: SandboxAttackResult, progress: string) {
  if (result.problem !== undefined) printer.note(`${runtime} ${result.name}: ${result.problem}`);
  if (process.stderr.isTTY) printer.progress(`${runtime} ${progress} ${result.name}`);
}
