// `abhaya sandbox history` and `compare`: measurements that the lab host keeps.

import { AbhayaError } from '#base';
import type { SandboxDifference, SandboxRunView } from '#schemas';
import { benchText, figureName, withUnit } from '../bench-text.ts';
import type { CommandContext } from '../context.ts';
import { formatMs, table } from '../print.ts';

export async function sandboxHistory(context: CommandContext, runId: string | undefined): Promise<void> {
  const { sandbox } = await context.connect();
  if (runId !== undefined) {
    const { run, result } = await sandbox.run(runId);
    context.printer.result({ run, ...result }, () => benchText(result));
    return;
  }
  const runs = await sandbox.runs();
  context.printer.result(runs, () =>
    runs.length > 0
      ? table(['WHEN', 'RUN', 'PLACES', 'ROUNDS', 'STATE', 'TOOK'], runs.map(runRow))
      : 'Nothing was measured yet; try: abhaya bench sandbox',
  );
}

export async function sandboxExport(
  context: CommandContext,
  runId: string,
  { format, out }: { format: 'csv' | 'json'; out: string },
): Promise<void> {
  try {
    await (await context.connect()).sandbox.save(runId, format, out);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new AbhayaError('conflict', `${out} is there already`, { cause });
  }
  context.printer.result({ runId, format, path: out }, () => `${runId}: ${out}`);
}

export async function sandboxCompare(context: CommandContext, a: string, b: string): Promise<void> {
  const comparison = await (await context.connect()).sandbox.compare(a, b);
  context.printer.result(comparison, () => {
    const { differences, unmatched } = comparison;
    const sorted = [...differences].sort((one, other) => rank(one) - rank(other));
    return [
      differences.length > 0
        ? table(['', 'FIGURE', 'OF', 'A', 'B', 'B / A', '95 % SURE'], sorted.map(differenceRow))
        : 'The two have nothing in common.',
      ...(unmatched > 0 ? [`${unmatched} figures are in one of them only.`] : []),
    ].join('\n');
  });
}

const order = ['worse', 'better', 'same'];
const rank = ({ verdict }: SandboxDifference): number => order.indexOf(verdict);

const runRow = ({ startedAt, runId, request, state, tookMs, problem }: SandboxRunView): string[] => [
  new Date(startedAt).toISOString().slice(0, 19).replace('T', ' '),
  runId,
  request.places.join(' '),
  String(request.rounds),
  problem ? `${state}: ${problem.message}` : state,
  tookMs === undefined ? '' : formatMs(tookMs),
];

const differenceRow = (it: SandboxDifference): string[] => [
  it.verdict === 'same' ? '' : it.verdict,
  `${figureName(it.what)}${it.phase ? `, ${it.phase}` : ''}`,
  [it.place, it.runtime, it.peer].filter(Boolean).join(' '),
  withUnit(it.a, it.unit),
  withUnit(it.b, it.unit),
  it.ratio.toFixed(2),
  `${it.low.toFixed(2)} to ${it.high.toFixed(2)}`,
];
