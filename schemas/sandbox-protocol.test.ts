// The sandbox's frames against the golden samples that Kotlin reads too.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseFromSupervisor, parseToSupervisor } from './sandbox-protocol.ts';

const golden = (name: string): unknown[] =>
  JSON.parse(readFileSync(new URL(`golden/supervisor/${name}`, import.meta.url), 'utf8'));
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('golden frames', () => {
  test.each(golden('to-supervisor.json').map((frame) => [frame]))('to the supervisor: %j', (frame) => {
    expect(parseToSupervisor(bytes(frame))).toEqual(frame);
  });

  test.each(golden('from-supervisor.json').map((frame) => [frame]))('from the supervisor: %j', (frame) => {
    expect(parseFromSupervisor(bytes(frame))).toEqual(frame);
  });

  test.each(golden('refused-by-supervisor.json').map((frame) => [frame]))('refused: %j', (frame) => {
    expect(() => parseToSupervisor(bytes(frame))).toThrow(
      expect.objectContaining({ code: 'wire.malformed' }),
    );
  });
});

test('a report with a field or reason of its own is refused', () => {
  const exit = golden('from-supervisor.json').find(
    (frame) => (frame as { kind: string }).kind === 'exit',
  ) as {
    report: object;
  };
  for (const change of [
    { reason: 'fine' },
    { extra: 1 },
    { cpuMs: -1 },
    { exitCode: 256 },
    { layers: 'all' },
  ]) {
    expect(() => parseFromSupervisor(bytes({ ...exit, report: { ...exit.report, ...change } }))).toThrow(
      'not valid',
    );
  }
});

test('what is no JSON, no UTF-8 or too long is refused', () => {
  expect(() => parseFromSupervisor(Buffer.from('{'))).toThrow('is not JSON');
  expect(() => parseFromSupervisor(Buffer.from([0x22, 0xff, 0x22]))).toThrow('is not JSON');
  expect(() => parseFromSupervisor(Buffer.alloc(65_537, 0x20))).toThrow(
    expect.objectContaining({ code: 'wire.too-large' }),
  );
});
