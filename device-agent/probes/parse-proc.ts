// What Linux's /proc says, as pure functions over text. A line that is missing gives undefined, never a guess.

/** Processors of /proc/cpuinfo. */
export const parseCpuCount = (text: string): number => [...text.matchAll(/^processor\s*:/gm)].length;

/** The one-minute load of /proc/loadavg, per processor, 0..1. */
export function parseLoad(text: string, cores: number): number | undefined {
  const load = Number(text.split(' ')[0]);
  return Number.isFinite(load) && cores > 0 ? Math.min(1, Math.max(0, load / cores)) : undefined;
}
