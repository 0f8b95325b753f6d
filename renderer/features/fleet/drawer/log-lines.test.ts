import { describe, expect, test } from 'vitest';
import { logLine, logLines, shownLines } from './log-lines.ts';

const ready =
  '{"level":30,"time":"2026-11-24T07:26:36.191Z","name":"agent","nodeId":"48b8","sandbox":{"runtimes":["native"]},"msg":"agent is ready"}';
const warn = '{"level":40,"time":1764000000000,"msg":"a peer is slow","peer":"8cb1"}';
const crash = 'TypeError: x is not a function';

describe('a line', () => {
  test('of the agent has level, time, words and the rest', () => {
    expect(logLine(ready)).toEqual({
      level: 'info',
      at: Date.UTC(2026, 10, 24, 7, 26, 36, 191),
      message: 'agent is ready',
      more: 'sandbox={"runtimes":["native"]}',
      raw: ready,
    });
    const { more } = logLine(`{"msg":"a link is up","peer":"${'8cb1d735'.repeat(8)}","link":1}`);
    expect(more).toBe('peer=8cb1d735… link=1');
    expect(logLine(warn)).toMatchObject({ level: 'warn', at: 1_764_000_000_000, more: 'peer=8cb1' });
  });

  test.each([crash, '{"level":30', '{"level":30}', ''])(
    'that is none of ours is shown as it stands: %s',
    (raw) => {
      expect(logLine(raw)).toEqual({ level: 'error', at: undefined, message: raw, more: '', raw });
    },
  );
});

describe('lines', () => {
  test('keep their keys while new ones come and old ones go, also equal ones', () => {
    const keysOf = (raws: string[]) => logLines(raws).map(({ key }) => key);
    const before = keysOf([warn, ready, crash]);
    expect(keysOf([ready, crash, warn]).slice(0, 2)).toEqual(before.slice(1));
    expect(new Set(keysOf([crash, crash, crash])).size).toBe(3);
  });

  test('are filtered by the least level and by text, whatever its case', () => {
    const lines = logLines([ready, warn, crash]);
    const shown = (...filter: Parameters<typeof shownLines> extends [unknown, ...infer R] ? R : never) =>
      shownLines(lines, ...filter).map(({ raw }) => raw);
    expect(shown('debug', '')).toEqual([ready, warn, crash]);
    expect(shown('warn', '')).toEqual([warn, crash]);
    expect(shown('error', '')).toEqual([crash]);
    expect(shown('debug', 'AGENT IS')).toEqual([ready]);
  });
});
