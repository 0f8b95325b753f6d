// Shapes of several Android versions and vendors. The texts are synthetic: their keys and order follow public reports,
// their values are made up. Captures from real phones are still to be added.

import { expect, test } from 'vitest';
import { parseBattery } from './battery.ts';
import { parseMeminfo } from './meminfo.ts';
import { parseThermal } from './thermal.ts';

test('battery: standard block, CRLF, vendor keys and event log after it', () => {
  const text =
    'Current Battery Service state:\r\n  AC powered: false\r\n  USB powered: true\r\n  status: 2\r\n  level: 40\r\n' +
    '  scale: 80\r\n  voltage: 4001\r\n  temperature: 301\r\n  LED Charging: true\r\n  level: 99\r\nLLB CAL: 1\r\n';
  expect(parseBattery(text)).toEqual({
    level: 50,
    status: 2,
    plugged: true,
    celsius: 30.1,
    millivolts: 4001,
  });
});

test('battery: old phones without sensors, and no battery at all', () => {
  expect(
    parseBattery('  AC powered: false\n  status: 9\n  level: 7\n  voltage: 0\n  temperature: 0\n'),
  ).toEqual({
    level: 7,
    status: undefined,
    plugged: false,
    celsius: undefined,
    millivolts: undefined,
  });
  expect(parseBattery("Can't find service: battery")).toBeUndefined();
});

test('thermal: the current HAL block wins over the cache; sensors that are off are ignored', () => {
  const text =
    'IsStatusOverride: false\nThermal Status: 2\nCached temperatures:\n\tTemperature{mValue=90.0, mType=0, mName=CPU, mStatus=0}\n' +
    'HAL Ready: true\nCurrent temperatures from HAL:\n\tTemperature{mValue=51.5, mType=0, mName=cpu0, mStatus=0}\n' +
    '\tTemperature{mValue=-273.0, mType=3, mName=skin2, mStatus=0}\n\tTemperature{mValue=38.2, mType=3, mName=skin, mStatus=1}\n';
  expect(parseThermal(text)).toEqual({ status: 2, skinCelsius: 38.2, cpuCelsius: 51.5 });
  expect(parseThermal('IsStatusOverride: false\nThermal Status: 0\nHAL Ready: false\n')).toEqual({
    status: 0,
    skinCelsius: undefined,
    cpuCelsius: undefined,
  });
  expect(parseThermal("Can't find service: thermalservice")).toBeUndefined();
});

test('meminfo: with and without MemAvailable', () => {
  expect(parseMeminfo('MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:    600 kB\n')).toEqual({
    totalBytes: 1_024_000,
    availableBytes: 614_400,
  });
  expect(parseMeminfo('MemTotal:  1000 kB\r\nMemFree: 10 kB\r\nCached: 90 kB\r\n')?.availableBytes).toBe(
    102_400,
  );
  expect(parseMeminfo('')).toBeUndefined();
});
