// `dumpsys battery`. Vendors add lines, sections and logs after the standard block: the first value of a key counts.

export interface BatteryReading {
  /** Percent of the scale, 0..100. */
  readonly level: number;
  /** BatteryManager's status, 1..5; undefined when missing. */
  readonly status: number | undefined;
  readonly plugged: boolean;
  readonly celsius: number | undefined;
  readonly millivolts: number | undefined;
}

/** Pure. Undefined when the text has no battery level (a phone without battery, an error message). */
export function parseBattery(text: string): BatteryReading | undefined {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s+([A-Za-z][A-Za-z ]*?): *(\S+)\s*$/.exec(line);
    const [, key = '', value = ''] = match ?? [];
    if (match && !values.has(key.toLowerCase())) values.set(key.toLowerCase(), value);
  }
  const number = (key: string): number | undefined => {
    const value = values.get(key);
    return value !== undefined && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const level = number('level');
  const scale = number('scale') ?? 100;
  if (level === undefined || level < 0 || scale <= 0) return undefined;
  const tenths = number('temperature');
  const status = number('status');
  return {
    level: Math.min(100, Math.round((level * 100) / scale)),
    status: status !== undefined && status >= 1 && status <= 5 ? status : undefined,
    plugged: ['ac', 'usb', 'wireless', 'dock'].some((kind) => values.get(`${kind} powered`) === 'true'),
    // 0 is what phones without a sensor say.
    celsius: tenths === undefined || tenths === 0 ? undefined : tenths / 10,
    millivolts: number('voltage') || undefined,
  };
}
