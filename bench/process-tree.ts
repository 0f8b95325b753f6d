// What a lab host and everything below it cost: CPU and memory by kind of process, read from /proc (Linux only).

import { readdir, readFile } from 'node:fs/promises';

export interface KindUsage {
  processes: number;
  cpuSeconds: number;
  pssMB: number;
}

export type TreeUsage = Record<string, KindUsage>;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ownTicks: number;
  /** Of children that ended and were waited for, with theirs. */
  readonly endedTicks: number;
}

const TICKS_PER_SECOND = 100;
/** Shells, starters and other commands: too short-lived to be seen, but their parents' accounts hold them. */
const ENDED = 'commands that ended';

const kinds: readonly (readonly [string, RegExp])[] = [
  ['lab host', /lab-host\.mjs/],
  ['agents', /agent\.mjs/],
  ['supervisors', /supervisor\.jar/],
  ['launchers', /abhaya-launcher/],
  ['phones', /^abhaya-phone|virtual-phone\.mjs/],
  ['walls', /phone-init|^init\b/],
  ['warm runtimes', /^service /],
  ['adb server', /\bserver nodaemon/],
];

/** The process and all below it, as they are now. PSS takes the kernel a while: ask for it only outside of a measurement. */
export async function usageOf(root: number, options: { pss: boolean }): Promise<TreeUsage> {
  const all = new Map((await readStats()).map((stat) => [stat.pid, stat]));
  const usage: TreeUsage = {};
  const add = (kind: string, more: Partial<KindUsage>): void => {
    usage[kind] ??= { processes: 0, cpuSeconds: 0, pssMB: 0 };
    const sum = usage[kind];
    sum.processes += more.processes ?? 0;
    sum.cpuSeconds += more.cpuSeconds ?? 0;
    sum.pssMB += more.pssMB ?? 0;
  };
  for (const stat of all.values()) {
    if (!isBelow(stat, root, all)) continue;
    const kind = await kindOf(stat.pid);
    const pssMB = options.pss ? await pssOf(stat.pid) : 0;
    add(kind, { processes: 1, cpuSeconds: stat.ownTicks / TICKS_PER_SECOND, pssMB });
    add(ENDED, { cpuSeconds: stat.endedTicks / TICKS_PER_SECOND });
  }
  return usage;
}

/** CPU seconds of children that this process has waited for. */
export async function endedChildrenSeconds(): Promise<number> {
  const stat = await readStat(process.pid);
  return (stat?.endedTicks ?? 0) / TICKS_PER_SECOND;
}

export const totalOf = (usage: TreeUsage): KindUsage =>
  Object.values(usage).reduce(
    (sum, it) => ({
      processes: sum.processes + it.processes,
      cpuSeconds: sum.cpuSeconds + it.cpuSeconds,
      pssMB: sum.pssMB + it.pssMB,
    }),
    { processes: 0, cpuSeconds: 0, pssMB: 0 },
  );

function isBelow(stat: Stat, root: number, all: ReadonlyMap<number, Stat>): boolean {
  for (let at: Stat | undefined = stat; at; at = all.get(at.parent)) if (at.pid === root) return true;
  return false;
}

async function readStats(): Promise<Stat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readStat(Number(pid))));
  return stats.filter((stat) => stat !== undefined);
}

/** proc(5): what follows the name in parentheses begins with field 3, the state. */
async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) return undefined;
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    ownTicks: field(14) + field(15),
    endedTicks: field(16) + field(17),
  };
}

async function kindOf(pid: number): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const line = words.replaceAll('\0', ' ');
  return kinds.find(([, pattern]) => pattern.test(line))?.[0] ?? 'others';
}

async function pssOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return (Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024) / 1e6;
}
