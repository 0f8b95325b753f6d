// An attack as one flat table, for spreadsheets.

import { stringify } from 'csv-stringify/sync';
import type { SandboxAttackRun } from '#schemas';

const columns = [
  ...['place', 'runtime', 'arch', 'kernel', 'attack', 'control', 'outcome', 'reported', 'reason'],
  ...['syscall', 'signal', 'exitCode', 'ms', 'problem'],
] as const;

export function attackCsv({ place, reports }: Pick<SandboxAttackRun, 'place' | 'reports'>): string {
  const lines = reports.flatMap(({ runtime, arch, kernel, attacks }) =>
    attacks.map(({ name, reported, ...rest }) => ({
      ...{ place, runtime, arch, kernel, attack: name, reported: reported ? 'yes' : 'no' },
      ...rest,
    })),
  );
  // Spreadsheets run cells that begin like a formula; what a phone said must stay text.
  return stringify(lines, { header: true, columns: [...columns], escape_formulas: true });
}
