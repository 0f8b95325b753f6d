// What power settings and states mean, in words and tones. Pure.

import type { PowerLimits, PowerView } from '#schemas';
import { thermalWord } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';

const tones: Record<PowerView['takes'], { readonly tone: Tone; readonly word: string }> = {
  all: { tone: 'ok', word: 'Takes tasks' },
  essential: { tone: 'warn', word: 'Essential only' },
  none: { tone: 'bad', word: 'Takes no tasks' },
};

/** Off by its owner is no fault: grey, not red. */
export const takesTone = ({ takes, policy }: PowerView): Tone =>
  policy.participation ? tones[takes].tone : 'off';
export const takesWord = ({ takes, policy }: PowerView): string =>
  policy.participation ? tones[takes].word : 'Switched off';

/** What heat and battery mean for tasks, as the agent applies it. */
export function limitsText({ battery, heat }: PowerLimits): string {
  const hot = `From “${thermalWord(heat.stopsFrom)}” on it takes no tasks, until it is “${thermalWord(heat.goesOnFrom)}”.`;
  return battery
    ? `${hot} Below ${battery.pausesBelow} % without a charger optional services pause, until ${battery.goesOnFrom} %.`
    : `${hot} The battery sets no limit.`;
}

export const heatMeans = (limits: PowerLimits, on: boolean): string =>
  on
    ? `No tasks from “${thermalWord(limits.heat.stopsFrom)}” (${limits.heat.stopsFrom}) on; again from “${thermalWord(limits.heat.goesOnFrom)}” (${limits.heat.goesOnFrom}).`
    : 'Off: only critical heat (4) stops tasks.';

/** As the agent judges sensitivity: shown while the slider moves, before the agent has said it. */
export const sensitivityMeans = (percent: number): string =>
  percent >= 80
    ? 'Aggressive: stops when hot'
    : percent >= 60
      ? 'Higher: stops when throttling'
      : 'Moderate: stops when critical';

export const floorMeans = (percent: number): string =>
  percent === 0
    ? 'Never: the battery sets no limit'
    : `Below ${percent} % without a charger optional services pause, until ${percent + 5} %`;

/** Settings of spec 02 that no part of the agent applies yet: said, not shown as if they worked. */
export const notEnforced: readonly (readonly [string, string])[] = [
  ['Battery impact, 0–20 % a day', 'the charge that tasks use is not measured yet'],
  ['Wi-Fi only', 'the agent does not know which network carries its links'],
  ['Priority of ML, storage and relay', 'phones have no such roles yet'],
  ['Stopping tasks that run', 'limits keep new tasks away; one that runs is finished'],
];

export const hours = (value: number): string =>
  value >= 48
    ? `${Math.round(value / 24)} days`
    : value >= 1
      ? `${value.toFixed(1)} h`
      : `${Math.round(value * 60)} min`;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric' });

/** Ticks of a time axis: days where the range has several. */
export const tickText = (atMs: number, rangeMs: number): string =>
  rangeMs > 2 * 86_400_000 ? day.format(atMs) : clock.format(atMs);

const MINUTE = 60_000;
const tickSteps = [1, 2, 5, 10, 15, 30, 60, 180, 360, 720, 1_440].map((minutes) => minutes * MINUTE);
const MOST_TICKS = 7;

/** Round times within the range, by the clock of the wall: `zoneMinutes` is what Date.getTimezoneOffset says. */
export function timeTicks(
  fromMs: number,
  toMs: number,
  zoneMinutes = new Date(toMs).getTimezoneOffset(),
): readonly number[] {
  const step = tickSteps.find((ms) => (toMs - fromMs) / ms <= MOST_TICKS) ?? 1_440 * MINUTE;
  const shift = zoneMinutes * MINUTE;
  const first = Math.ceil((fromMs - shift) / step) * step + shift;
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / step) + 1) },
    (_, i) => first + i * step,
  );
}
