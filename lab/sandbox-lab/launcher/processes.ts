// Processes that a launcher is answerable for, read from /proc: its descendants, and those that lost their parent.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/**
 * Descendants of the process, ended ones included, and processes whose parent has died, if what they execute lies at one
 * of the paths (a file or a folder): a service's own child would run the same program. Not this process, nor those that it
 * descends from: on a machine that was made for attacks they may run the same Node.js, just below pid 1; nor orphans that
 * are known, as a phone's agent is, which runs on the Node.js that is attacked.
 */
export function answerableFor(
  pid: number,
  paths: readonly string[],
  known: ReadonlySet<number> = new Set(),
): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name)) ?? []);
  const found = new Set<number>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const one of all) if (one.parent === pid || found.has(one.parent)) found.add(one.pid);
  }
  // Orphans go to pid 1, or to a session's systemd.
  const adopters = new Set(all.filter(({ name }) => name === 'systemd').map((one) => one.pid));
  const ours = ancestry(all, process.pid);
  const orphaned = ({ parent }: Entry): boolean => parent <= 1 || adopters.has(parent);
  for (const one of all)
    if (orphaned(one) && !ours.has(one.pid) && !known.has(one.pid) && executes(one.pid, paths))
      found.add(one.pid);
  return [...found];
}

/** Orphans that execute something at one of the paths. */
export const orphansAt = (paths: readonly string[]): ReadonlySet<number> => new Set(answerableFor(-1, paths));

function ancestry(all: readonly Entry[], pid: number): ReadonlySet<number> {
  const parents = new Map(all.map((one) => [one.pid, one.parent]));
  const found = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && !found.has(at); at = parents.get(at))
    found.add(at);
  return found;
}

/** The name, in brackets, may hold anything; state and parent follow. */
function entryOf(pid: number): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return {
      pid,
      parent: Number(stat.slice(end + 2).split(' ')[1]),
      name: stat.slice(stat.indexOf('(') + 1, end),
    };
  } catch {
    return undefined; // it has gone
  }
}

function executes(pid: number, paths: readonly string[]): boolean {
  try {
    const program = readlinkSync(`/proc/${pid}/exe`);
    return paths.some((path) => program === path || program.startsWith(`${path}/`));
  } catch {
    return false; // gone, a thread of the kernel, or not ours to look at
  }
}
