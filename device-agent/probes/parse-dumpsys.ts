// What Android's dumpsys prints, as pure functions over text. What can't be read is undefined, never a guess.

export interface BatteryFacts {
  /** 0..100. */
  readonly percent: number;
  readonly charging: boolean;
}

/** `dumpsys battery`: level of scale; charging when a power source is on, or the status is charging (2) or full (5). */
export function parseBattery(text: string): BatteryFacts | undefined {
  const number = (name: string): number | undefined => {
    const found = new RegExp(`^\\s*${name}:\\s*(-?\\d+)\\s*$`, 'mi').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const level = number('level');
  const scale = number('scale') ?? 100;
  if (level === undefined || level < 0 || scale <= 0) return undefined;
  const powered = /^\s*(?:AC|USB|Wireless|Dock) powered:\s*true\s*$/im.test(text);
  const status = number('status');
  return {
    percent: Math.min(100, Math.round((level * 100) / scale)),
    charging: powered || status === 2 || status === 5,
  };
}

/** `dumpsys thermalservice`: PowerManager's 0..6. */
export function parseThermalStatus(text: string): number | undefined {
  const found = /^\s*Thermal Status:\s*([0-6])\s*$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
