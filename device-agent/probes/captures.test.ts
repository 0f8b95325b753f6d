// What the parsers make of every text in captures/ (SOURCES.md there says where they come from). A file that is not in
// a table here fails.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseCpuCount, parseCpuList } from './parse-proc.ts';
import { type BatteryReading, parseBattery } from './parsers/battery.ts';
import { type MemoryReading, parseMeminfo } from './parsers/meminfo.ts';
import { parseThermal, type ThermalReading } from './parsers/thermal.ts';

const folder = new URL('captures/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

/** Processors switched on at that moment, and processors that there are. */
const processors: Record<string, [online: number, present: number]> = {
  'nexus-s-android-4.0.4': [1, 1],
  'zenfone-2-android-6.0.1': [4, 4],
  'meizu-pro-7-plus-android-7.0': [6, 10],
  'galaxy-s8-us-android-7.0': [8, 8],
  'xiaomi-mi-5c-android-7.1.2': [6, 8],
  'oppo-r15-android-8.1': [8, 8],
  'huawei-mate-20-android-9': [8, 8],
  'pixel-8-android-14': [9, 9],
};

const memories: Record<string, MemoryReading> = {
  'aosp-device-android-10.meminfo.txt': { totalBytes: 3_092_213_760, availableBytes: 2_607_677_440 },
  'synthetic-old-kernel-crlf.meminfo.txt': { totalBytes: 1_024_000, availableBytes: 102_400 },
};

const batteries: Record<string, BatteryReading> = {
  'synthetic-plain-android-14.battery.txt': {
    level: 100,
    status: 5,
    plugged: true,
    celsius: 25.5,
    millivolts: 4400,
  },
  'synthetic-vendor-keys.battery.txt': {
    level: 51,
    status: 3,
    plugged: false,
    celsius: -2.5,
    millivolts: 3800,
  },
  'synthetic-scale-80-crlf.battery.txt': {
    level: 50,
    status: 2,
    plugged: true,
    celsius: 30.1,
    millivolts: 4001,
  },
  'synthetic-no-sensors.battery.txt': {
    level: 7,
    status: undefined,
    plugged: false,
    celsius: undefined,
    millivolts: undefined,
  },
};

const heats: Record<string, ThermalReading> = {
  'synthetic-cache-and-hal.thermal.txt': { status: 2, skinCelsius: 38.2, cpuCelsius: 51.5 },
  'synthetic-many-kinds.thermal.txt': { status: 1, skinCelsius: 31.25, cpuCelsius: 40.500004 },
  'synthetic-hal-not-ready.thermal.txt': { status: 0, skinCelsius: undefined, cpuCelsius: undefined },
};

test('every text is read by a test', () => {
  const texts = readdirSync(folder).filter((file) => !/^(SOURCES\.md|LICENSE-.*)$/.test(file));
  const phones = Object.keys(processors).flatMap((phone) => [
    `${phone}.cpuinfo.txt`,
    `${phone}.cpu-present.txt`,
  ]);
  const tables = [memories, batteries, heats].flatMap((table) => Object.keys(table));
  expect(texts.sort()).toEqual([...phones, ...tables].sort());
});

test.each(Object.entries(processors))('processors of %s', (phone, [online, present]) => {
  expect(parseCpuCount(read(`${phone}.cpuinfo.txt`))).toBe(online);
  expect(parseCpuList(read(`${phone}.cpu-present.txt`))).toBe(present);
});

test.each(Object.entries(memories))('%s', (file, reading) => {
  expect(parseMeminfo(read(file))).toEqual(reading);
});

test.each(Object.entries(batteries))('%s', (file, reading) => {
  expect(parseBattery(read(file))).toEqual(reading);
});

test.each(Object.entries(heats))('%s', (file, reading) => {
  expect(parseThermal(read(file))).toEqual(reading);
});
