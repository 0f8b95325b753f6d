// `abhaya sandbox history`, `show`, `export`, `compare`, `forget`: measurements and attacks that the lab host keeps.

import { AbhayaError, isAbhayaError } from '#base';
import type { LabClient } from '#lab/client';
import {
  LOCAL_PLACE,
  type SandboxAttackRun,
  type SandboxAttackSummary,
  type SandboxComparison,
  type SandboxDifference,
  type SandboxRunDetail,
  type SandboxRunView,
} from '#schemas';
import { attackComparisonText, attackText } from '../attack-text.ts';
import { benchText, figureName, withUnit } from '../bench-text.ts';
import type { CommandContext } from '../context.ts';
import { formatMs, table } from '../print.ts';

type Sandbox = LabClient['sandbox'];
type Kept =
  | { readonly kind: 'bench'; readonly detail: SandboxRunDetail }
  | { readonly kind: 'attack'; readonly run: SandboxAttackRun };

/** Both kinds have ids of one form. Throws `not-found`. */
async function find(sandbox: Sandbox, runId: string): Promise<Kept> {
  try {
    return { kind: 'bench', detail: await sandbox.run(runId) };
  } catch (error) {
    if (!isAbhayaError(error, 'not-found')) throw error;
  }
  try {
    return { kind: 'attack', run: await sandbox.attackRun(runId) };
  } catch (error) {
    if (!isAbhayaError(error, 'not-found')) throw error;
    throw new AbhayaError('not-found', `there is neither a measurement nor an attack ${runId}`);
  }
}

export async function sandboxHistory(context: CommandContext, runId: string | undefined): Promise<void> {
  if (runId !== undefined) return sandboxShow(context, runId);
  const { sandbox } = await context.connect();
  const [runs, attacks] = await Promise.all([sandbox.runs(), sandbox.attacks()]);
  const all = [
    ...runs.map((run) => ({ kind: 'bench' as const, ...run })),
    ...attacks.map((run) => ({ kind: 'attack' as const, ...run })),
  ].sort((a, b) => b.startedAt - a.startedAt);
  context.printer.result(all, () =>
    all.length > 0
      ? table(
          ['WHEN', 'RUN', 'KIND', 'WHERE', 'WHAT', 'STATE', 'TOOK'],
          all.map((it) => (it.kind === 'bench' ? runRow(it) : attackRow(it))),
        )
      : 'Nothing was measured or attacked yet; try: abhaya bench sandbox, or: abhaya sandbox attack',
  );
}

export async function sandboxShow(context: CommandContext, runId: string): Promise<void> {
  const kept = await find((await context.connect()).sandbox, runId);
  if (kept.kind === 'bench') {
    const { run, result } = kept.detail;
    context.printer.result({ run, ...result }, () => benchText(result));
    return;
  }
  const { run } = kept;
  context.printer.result(run, () =>
    [
      `${placeName(run.place)}, ${when(run.startedAt)}: ${stateOf(run)}`,
      '',
      attackText(run.reports, run.notOffered),
    ].join('\n'),
  );
}

export async function sandboxExport(
  context: CommandContext,
  runId: string,
  { format, out }: { format: 'csv' | 'json' | 'junit'; out: string },
): Promise<void> {
  const { sandbox } = await context.connect();
  const { kind } = await find(sandbox, runId);
  if (kind === 'bench' && format === 'junit')
    throw new AbhayaError('input.invalid', `${runId} is a measurement; junit is for attacks`);
  try {
    if (kind === 'bench') await sandbox.save(runId, format as 'csv' | 'json', out);
    else await sandbox.saveAttack(runId, format, out);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AbhayaError('conflict', `${out} is there already`, { cause });
  }
  context.printer.result({ runId, format, path: out }, () => `${runId}: ${out}`);
}

export async function sandboxCompare(context: CommandContext, a: string, b: string): Promise<void> {
  const { sandbox } = await context.connect();
  const [one, other] = await Promise.all([find(sandbox, a), find(sandbox, b)]);
  if (one.kind !== other.kind)
    throw new AbhayaError('input.invalid', 'a measurement and an attack can’t be compared');
  if (one.kind === 'attack') {
    const comparison = await sandbox.compareAttacks(a, b);
    context.printer.result(comparison, () => attackComparisonText(comparison));
    return;
  }
  const comparison = await sandbox.compare(a, b);
  context.printer.result(comparison, () => comparisonText(comparison));
}

export async function sandboxForget(context: CommandContext, runId: string): Promise<void> {
  const { sandbox } = await context.connect();
  const { kind } = await find(sandbox, runId);
  await (kind === 'bench' ? sandbox.remove(runId) : sandbox.removeAttack(runId));
  context.printer.result({ runId, kind }, () => `${runId} is forgotten.`);
}

function comparisonText({ differences, unmatched }: SandboxComparison): string {
  const sorted = [...differences].sort((one, other) => rank(one) - rank(other));
  return [
    differences.length > 0
      ? table(['', 'FIGURE', 'OF', 'A', 'B', 'B / A', '95 % SURE'], sorted.map(differenceRow))
      : 'The two have nothing in common.',
    ...(unmatched > 0 ? [`${unmatched} figures are in one of them only.`] : []),
  ].join('\n');
}

const when = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const placeName = (place: string): string => (place === LOCAL_PLACE ? 'this machine' : place);
const stateOf = ({ state, problem }: Pick<SandboxRunView, 'state' | 'problem'>): string =>
  problem ? `${state}: ${problem.message}` : state;

const order = ['worse', 'better', 'same'];
const rank = ({ verdict }: SandboxDifference): number => order.indexOf(verdict);

const runRow = (run: SandboxRunView): string[] => [
  when(run.startedAt),
  ...[run.runId, 'bench', run.request.places.map(placeName).join(', '), `${run.request.rounds} rounds`],
  stateOf(run),
  run.tookMs === undefined ? '' : formatMs(run.tookMs),
];

const attackRow = (run: SandboxAttackSummary): string[] => [
  when(run.startedAt),
  ...[run.runId, 'attack', placeName(run.place), attackedText(run)],
  stateOf(run),
  run.tookMs === undefined ? '' : formatMs(run.tookMs),
];

function attackedText({ reports }: SandboxAttackSummary): string {
  const sum = (key: 'attacks' | 'escapes' | 'unreported' | 'failedControls') =>
    reports.reduce((total, it) => total + it[key], 0);
  const wrong = [
    [sum('escapes'), 'escaped'],
    [sum('unreported'), 'not reported'],
    [sum('failedControls'), 'controls failed'],
  ].flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]));
  const archs = [...new Set(reports.map(({ arch }) => arch))].join(', ');
  return `${sum('attacks')} ${sum('attacks') === 1 ? 'attack' : 'attacks'}${archs ? ` (${archs})` : ''}: ${wrong.join(', ') || 'all held'}`;
}

const differenceRow = (it: SandboxDifference): string[] => [
  it.verdict === 'same' ? '' : it.verdict,
  `${figureName(it.what)}${it.phase ? `, ${it.phase}` : ''}`,
  [it.place, it.runtime, it.peer].filter(Boolean).join(' '),
  withUnit(it.a, it.unit),
  withUnit(it.b, it.unit),
  it.ratio.toFixed(2),
  `${it.low.toFixed(2)} to ${it.high.toFixed(2)}`,
];
