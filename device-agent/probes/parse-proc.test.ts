import { describe, expect, test } from 'vitest';
import { parseCpuCount, parseCpuList, parseLoad } from './parse-proc.ts';

describe('/proc and /sys', () => {
  test('cpuinfo without a processor counts none', () => {
    expect(parseCpuCount('')).toBe(0);
    expect(parseCpuCount('Hardware\t: herring\n')).toBe(0);
  });

  test('a list of processors may have gaps', () => {
    expect(parseCpuList('0,4-7\n')).toBe(5);
    expect(parseCpuList('3')).toBe(1);
  });

  test.each(['', '\n', '7-0', '0-', 'x', '0-99999', '0 1'])('%j is no list of processors', (text) => {
    expect(parseCpuList(text)).toBeUndefined();
  });

  test('load is per processor and stays within 0..1', () => {
    expect(parseLoad('2.00 1.50 1.10 1/345 999', 8)).toBe(0.25);
    expect(parseLoad('99.0 1 1 1/1 1', 8)).toBe(1);
    expect(parseLoad('', 8)).toBe(0);
    expect(parseLoad('x', 8)).toBeUndefined();
  });
});
