import { describe, expect, test } from 'vitest';
import { parseCpuCount, parseLoad } from './parse-proc.ts';

describe('/proc', () => {
  test('cpuinfo is counted, on x86 and on Arm, where a Processor line of another kind stands too', () => {
    expect(parseCpuCount('processor\t: 0\nBogoMIPS\t: 38.40\n\nprocessor\t: 1\nHardware\t: Qualcomm\n')).toBe(
      2,
    );
    expect(parseCpuCount('Processor\t: AArch64 rev 4\nprocessor\t: 0\n')).toBe(1);
  });

  test('load is per processor and stays within 0..1', () => {
    expect(parseLoad('2.00 1.50 1.10 1/345 999', 8)).toBe(0.25);
    expect(parseLoad('99.0 1 1 1/1 1', 8)).toBe(1);
    expect(parseLoad('', 8)).toBe(0);
    expect(parseLoad('x', 8)).toBeUndefined();
  });
});
