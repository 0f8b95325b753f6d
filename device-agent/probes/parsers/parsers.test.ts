// Texts that are no reports: a service that isn't there, nothing at all. Reports are in ../captures.test.ts.

import { expect, test } from 'vitest';
import { parseBattery } from './battery.ts';
import { parseMeminfo } from './meminfo.ts';
import { parseThermal } from './thermal.ts';

test.each(['', "Can't find service: battery\n", 'level: 7\n'])('%j tells nothing of a battery', (text) => {
  expect(parseBattery(text)).toBeUndefined();
});

test.each(['', "Can't find service: thermalservice\n"])('%j tells nothing of heat', (text) => {
  expect(parseThermal(text)).toBeUndefined();
});

test.each(['', 'MemFree: 10 kB\n', 'MemTotal: 0 kB\n'])('%j tells nothing of memory', (text) => {
  expect(parseMeminfo(text)).toBeUndefined();
});
