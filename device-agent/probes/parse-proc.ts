// What Linux's /proc says, as pure functions over text. A line that is missing gives undefined, never a guess.

/** Kilobytes of a line of /proc/meminfo, as bytes. */
export function parseMeminfo(text: string): {
  totalBytes: number | undefined;
  availableBytes: number | undefined;
} {
  const bytesOf = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB\\s*$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  return { totalBytes: bytesOf('MemTotal'), availableBytes: bytesOf('MemAvailable') };
}

/** Processors of /proc/cpuinfo. */
export const parseCpuCount = (text: string): number => [...text.matchAll(/^processor\s*:/gm)].length;

/** The one-minute load of /proc/loadavg, per processor, 0..1. */
export function parseLoad(text: string, cores: number): number | undefined {
  const load = Number(text.split(' ')[0]);
  return Number.isFinite(load) && cores > 0 ? Math.min(1, Math.max(0, load / cores)) : undefined;
}
