import { expect, test } from 'vitest';
import type { PowerView } from '#schemas';
import {
  floorMeans,
  hours,
  limitsText,
  sensitivityMeans,
  takesTone,
  takesWord,
  timeTicks,
} from './power-words.ts';

const view = (takes: PowerView['takes'], participation = true): PowerView => ({
  policy: {
    ...{ participation, chargingOnly: false, powerSaving: false, batteryFloorPercent: 20 },
    ...{ essentialServices: [], thermalProtection: true, thermalSensitivity: 50 },
  },
  limits: { battery: { pausesBelow: 20, goesOnFrom: 25 }, heat: { stopsFrom: 4, goesOnFrom: 2 } },
  takes,
  reasons: [],
});

test('a phone that its owner switched off is not broken', () => {
  expect([takesTone(view('none', false)), takesWord(view('none', false))]).toEqual(['off', 'Switched off']);
  expect([takesTone(view('none')), takesWord(view('none'))]).toEqual(['bad', 'Takes no tasks']);
  expect(takesTone(view('essential'))).toBe('warn');
});

test('limits are said with both thresholds', () => {
  const { limits } = view('all');
  expect(limitsText(limits)).toContain('From “critical” on it takes no tasks, until it is “hot”');
  expect(limitsText(limits)).toContain('Below 20 %');
  expect(limitsText({ heat: limits.heat })).toContain('sets no limit');
});

test('the sliders’ words change where the agent’s limits do', () => {
  const words = [0, 59, 60, 79, 80, 100].map((percent) => sensitivityMeans(percent).split(':')[0]);
  expect(words).toEqual(['Moderate', 'Moderate', 'Higher', 'Higher', 'Aggressive', 'Aggressive']);
  expect(floorMeans(0)).toContain('Never');
  expect(floorMeans(30)).toContain('until 35 %');
});

test('times have a unit that is easy to read', () => {
  expect([hours(0.5), hours(6.25), hours(72)]).toEqual(['30 min', '6.3 h', '3 days']);
});

test('ticks of the time axis are round times of the wall clock, and few', () => {
  const at = (text: string) => Date.parse(`2026-03-01T${text}Z`);
  const iso = (ticks: readonly number[]) => ticks.map((tick) => new Date(tick).toISOString().slice(11, 16));
  expect(iso(timeTicks(at('10:00:30'), at('10:05:30'), 0))).toEqual([
    '10:01',
    '10:02',
    '10:03',
    '10:04',
    '10:05',
  ]);
  expect(iso(timeTicks(at('10:07:00'), at('11:07:00'), 0))).toEqual([
    '10:10',
    '10:20',
    '10:30',
    '10:40',
    '10:50',
    '11:00',
  ]);
  // India is five and a half hours ahead: six in the morning there.
  expect(iso(timeTicks(at('00:10:00'), at('10:10:00'), -330))).toEqual(['00:30', '03:30', '06:30', '09:30']);
  expect(timeTicks(at('00:00:00'), at('00:00:00') + 7 * 86_400_000, 0)).toHaveLength(8);
});
