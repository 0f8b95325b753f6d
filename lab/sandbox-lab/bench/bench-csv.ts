// A result as one flat table, for spreadsheets.

import { stringify } from 'csv-stringify/sync';
import type { SandboxResult } from '#schemas';

const columns = [
  'place',
  'runtime',
  'what',
  'phase',
  'peer',
  'unit',
  'median',
  'p95',
  'low',
  'high',
  'n',
] as const;
type Line = Partial<Record<(typeof columns)[number], string | number>>;

export function benchCsv({ rows, figures, overhead }: SandboxResult): string {
  const lines: Line[] = [
    ...rows.map(({ medianMs, p95Ms, lowMs, highMs, ...about }) => ({
      ...about,
      ...{ what: 'start', unit: 'ms', median: medianMs, p95: p95Ms, low: lowMs, high: highMs },
    })),
    ...figures,
    ...overhead.map(({ of, ratio, what, place, runtime, low, high, n }) => ({
      ...{ place, runtime, low, high, n, what: `overhead of ${of} on ${what}`, unit: 'times', median: ratio },
    })),
  ];
  // Spreadsheets run cells that begin like a formula; what a phone said must stay text.
  return stringify(lines, { header: true, columns: [...columns], escape_formulas: true });
}
