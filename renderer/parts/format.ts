// Figures for people: always with their unit.

const bytesUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and links are labelled: 1 kB is 1,000 bytes. */
export function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 1_000 && unit < bytesUnits.length - 1) {
    scaled /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${bytesUnits[unit]}`;
}

/** Short times of an axis: what `duration` would round to the same is told apart. */
export const fineDuration = (ms: number): string =>
  ms > 0 && ms < 10 && !Number.isInteger(ms) ? `${ms.toFixed(1)} ms` : duration(ms);

/** Milliseconds as ms, s or min. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  // Rounded first: there is no `1 min 60 s`.
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const percent = (value: number): string => `${Math.round(value)} %`;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const timeOfDay = (at: number): string => clock.format(at);
export const dateAndTime = (at: number): string => dayAndClock.format(at);

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString()} ${value === 1 ? one : many}`;

/** PowerManager's thermal status in words (spec 02). */
export const thermalWord = (status: number): string =>
  ['cool', 'warm', 'hot', 'throttling'][status] ?? 'critical';

/** What an error says, which begins small as it may stand behind a name. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
