// The sandbox's frames against the golden samples that Kotlin reads too.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeOutputPiece, encodePiece, isOutputPiece } from './sandbox-pieces.ts';
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

describe('pieces', () => {
  type Sample = { kind: string; jobId: string; file: 1 | 2; offset: number; bytes: string; hex: string };
  const samples = golden('pieces.json') as Sample[];
  test.each(samples)('$kind at $offset', ({ kind, jobId, file, offset, bytes: hexBytes, hex }) => {
    const piece = Buffer.from(hexBytes, 'hex');
    if (kind === 'piece')
      expect(Buffer.from(encodePiece(jobId, file === 1 ? 'program' : 'input', offset, piece))).toEqual(
        Buffer.from(hex, 'hex'),
      );
    else {
      const payload = Buffer.from(hex, 'hex');
      expect(isOutputPiece(payload)).toBe(true);
      const { bytes: said, ...rest } = decodeOutputPiece(payload);
      expect({ ...rest, bytes: Buffer.from(said) }).toEqual({ jobId, offset, bytes: piece });
      for (let cut = 1; cut <= payload.length - piece.length; cut++)
        expect(() => decodeOutputPiece(payload.subarray(0, cut))).toThrow('not valid');
      expect(() => decodeOutputPiece(Buffer.concat([payload, Buffer.alloc(16_000)]))).toThrow('not valid');
    }
  });
  test('JSON is none', () => expect(isOutputPiece(Buffer.from('{}'))).toBe(false));
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
