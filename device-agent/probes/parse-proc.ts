// What Linux's /proc and /sys say, as pure functions over text. A line that is missing gives undefined, never a guess.

/** Processors of /proc/cpuinfo: those that are switched on now. Old kernels with one say `Processor` only. */
export const parseCpuCount = (text: string): number =>
  [...text.matchAll(/^processor\s*:/gm)].length || (/^Processor\s*:/m.test(text) ? 1 : 0);

/**
 * Processors in a list of the kernel, as `0-7` or `0,4-7` (/sys/devices/system/cpu/present). Phones switch processors
 * off when they are idle, and /proc/cpuinfo leaves those out: this one has them. Undefined when it is no list.
 */
export function parseCpuList(text: string): number | undefined {
  const list = text.trim();
  if (!/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?){0,255}$/.test(list)) return undefined;
  const sizes = list.split(',').map((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return last - first + 1;
  });
  return sizes.every((size) => size > 0) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
}

/** The one-minute load of /proc/loadavg, per processor, 0..1. */
export function parseLoad(text: string, cores: number): number | undefined {
  const load = Number(text.split(' ')[0]);
  return Number.isFinite(load) && cores > 0 ? Math.min(1, Math.max(0, load / cores)) : undefined;
}
