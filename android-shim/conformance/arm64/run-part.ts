// Runs a part and says how it goes. Whatever happens to the machine is a row with a problem: nothing is thrown, so that the
// other parts are run as well.

import { isAbhayaError } from '#base';
import { attackPart, type PartOptions } from './attack-machine.ts';
import { parseAttackLine } from './attack-report.ts';
import { type Judged, judgeAttacks, judgeTap, type Row } from './judge-jobs.ts';
import { nameOf, type Part } from './parts.ts';

/** A word about the first, and every so many attacks, is enough for people. */
const EVERY = 20;
const CONSOLE_SHOWN = 2_000;

export interface RunPartOptions extends Omit<PartOptions, 'onLine' | 'onEnd'> {
  readonly say: (line: string) => void;
}

export async function runPart(part: Part, { say, ...options }: RunPartOptions): Promise<Row[]> {
  const rows: Row[] = [];
  /** Where each job is, for when nothing more comes. */
  const at = new Map(part.lanes.flat().map((work) => [nameOf(work), 'not begun']));
  const tap = new Set(part.lanes.flat().flatMap((work) => (work.kind === 'attacks' ? [] : [nameOf(work)])));
  const add = ({ summary, rows: more }: Judged): void => {
    rows.push(...more);
    say(summary);
    for (const row of more) if (row.problem !== undefined) say(`  ${JSON.stringify(row)}`);
  };
  const start = performance.now();
  say(`part ${part.name}: about ${part.minutes} min on a quiet machine`);
  try {
    const { uptime } = await attackPart(part, {
      ...options,
      onLine(job, line) {
        if (tap.has(job)) {
          at.set(job, line.slice(0, 200));
          return;
        }
        const parsed = parseAttackLine(line);
        if (!('progress' in parsed)) return;
        const { name, done, of } = parsed.progress;
        at.set(job, `after ${name}, ${done} of ${of}`);
        if (done === 1 || done % EVERY === 0) say(`${job}: ${done} of ${of}`);
      },
      onEnd(job, end) {
        at.delete(job);
        add((tap.has(job) ? judgeTap : judgeAttacks)(job, end));
      },
    });
    const all = (performance.now() - start) / 1000;
    say(`part ${part.name}: ${all.toFixed(0)} s, of which the machine was up for ${uptime.toFixed(0)} s`);
  } catch (error) {
    const details = isAbhayaError(error) ? error.details : undefined;
    const where = [...at].map(([job, place]) => `\n  ${job}: ${place}`).join('');
    const console =
      details && 'console' in details
        ? `\nthe console’s last words:\n${String(details.console).slice(-CONSOLE_SHOWN)}`
        : '';
    const problem = `${(error as Error).message}${where}${console}`;
    rows.push({ name: `part ${part.name}`, problem });
    say(`part ${part.name}: ${problem}`);
  }
  return rows;
}
