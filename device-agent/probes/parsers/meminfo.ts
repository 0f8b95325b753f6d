// /proc/meminfo.

export interface MemoryReading {
  readonly totalBytes: number;
  /** MemAvailable, or an estimate where the kernel is too old to say. */
  readonly availableBytes: number;
}

/** Pure. Undefined when there is no total. */
export function parseMeminfo(text: string): MemoryReading | undefined {
  const kb = (name: string): number | undefined => {
    const match = new RegExp(`^${name}:\\s+(\\d{1,15}) kB\\s*$`, 'm').exec(text);
    return match ? Number(match[1]) : undefined;
  };
  const total = kb('MemTotal');
  if (!total) return undefined;
  const available = kb('MemAvailable') ?? (kb('MemFree') ?? 0) + (kb('Cached') ?? 0);
  return { totalBytes: total * 1024, availableBytes: Math.min(available, total) * 1024 };
}
