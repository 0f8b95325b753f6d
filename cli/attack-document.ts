// What `abhaya sandbox attack --json` prints, from the reports of one or several runtimes. Pure.

import type { Counted } from '#lab/sandbox-lab';

export interface NotOffered {
  readonly runtime: string;
  readonly why: string;
}

const sum = (reports: readonly Counted[], key: 'escapes' | 'unreported' | 'failedControls'): number =>
  reports.reduce((total, report) => total + report[key], 0);

/** One runtime's report as it is; of several one document of the same shape, whose attacks say their runtime. */
export function attackDocument(reports: readonly Counted[], notOffered: readonly NotOffered[]): object {
  const [first] = reports;
  if (reports.length === 1 && notOffered.length === 0) return first ?? {};
  return {
    runtime: reports.map(({ runtime }) => runtime).join('+'),
    arch: first?.arch,
    kernel: first?.kernel,
    attacks: reports.flatMap(({ runtime, attacks }) => attacks.map((attack) => ({ runtime, ...attack }))),
    escapes: sum(reports, 'escapes'),
    unreported: sum(reports, 'unreported'),
    failedControls: sum(reports, 'failedControls'),
    notOffered,
  };
}

/** One sentence for an error. */
export function troubles(reports: readonly Counted[]): string {
  const wrong = reports.flatMap(({ runtime, attacks }) =>
    attacks.filter(({ problem }) => problem !== undefined).map(({ name }) => `${runtime} ${name}`),
  );
  const counts = `${sum(reports, 'escapes')} escaped, ${sum(reports, 'unreported')} not reported`;
  return `${counts}, ${sum(reports, 'failedControls')} controls failed: ${wrong.slice(0, 10).join(', ')}`;
}
