// Parts of the main process that need no Electron.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppSettings, type LabEvent } from '#schemas';
import { jsonFile } from './app-files.ts';
import { diskTrouble } from './disk-trouble.ts';
import { createEventBatches } from './event-batches.ts';
import { createHandles } from './handles.ts';
import { isOurPage } from './verbs.ts';

describe('event batches', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('the newest of each thing, in order, in one message', () => {
    const sent: LabEvent[][] = [];
    const batches = createEventBatches((events) => sent.push([...events]), 30);
    const phone = (serial: string, batteryPercent: number): LabEvent => ({
      event: 'phone',
      phone: { serial, adbSerial: serial, kind: 'virtual', state: 'running', batteryPercent },
    });
    batches.push(phone('a', 1));
    batches.push(phone('b', 2));
    batches.push(phone('a', 3));
    batches.push({ event: 'stopping' });
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(30);
    expect(sent).toEqual([[phone('b', 2), phone('a', 3), { event: 'stopping' }]]);
    batches.push({ event: 'phone-gone', serial: 'a' });
    vi.advanceTimersByTime(30);
    expect(sent).toHaveLength(2);
  });

  test('nothing is sent after the end', () => {
    const send = vi.fn();
    const batches = createEventBatches(send, 30);
    batches.push({ event: 'stopping' });
    batches.close();
    vi.advanceTimersByTime(100);
    expect(send).not.toHaveBeenCalled();
  });
});

test('handles: only words that were given out, the oldest are forgotten', () => {
  const handles = createHandles(2);
  const [a, b, c] = ['/a', '/b', '/c'].map((file) => handles.add(file));
  expect(handles.pathOf(c ?? '')).toBe('/c');
  expect(handles.pathOf(b ?? '')).toBe('/b');
  expect(() => handles.pathOf(a ?? '')).toThrow('choose it again');
  expect(() => handles.pathOf('/etc/passwd')).toThrow('choose it again');
});

describe('small files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'abhaya-app-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const fallback: AppSettings = { theme: 'system', phones: 5, keepLabHost: false, notifications: true };

  test('what was written is read; the last write wins; nothing partial stays', async () => {
    const file = jsonFile(path.join(folder, 'x', 'settings.json'), AppSettings, fallback);
    expect(await file.read()).toEqual(fallback);
    await Promise.all([1, 2, 3].map((phones) => file.write({ ...fallback, phones })));
    expect(await file.read()).toMatchObject({ phones: 3 });
    expect(readdirSync(path.join(folder, 'x'))).toEqual(['settings.json']);
  });

  test.each(['', '{', '{"theme":"purple"}', '[]', `"${'x'.repeat(70_000)}"`])(
    'damaged or foreign: the default',
    async (text) => {
      const name = path.join(folder, 'settings.json');
      writeFileSync(name, text);
      expect(await jsonFile(name, AppSettings, fallback).read()).toEqual(fallback);
      expect(readFileSync(name, 'utf8')).toBe(text);
    },
  );

  test('a failed write is told, and the next one works', async () => {
    const name = path.join(folder, 'settings.json');
    const file = jsonFile(path.join(name, 'below-a-file', 'x.json'), AppSettings, fallback);
    writeFileSync(name, 'a file');
    await expect(file.write(fallback)).rejects.toThrow();
    rmSync(name);
    await file.write(fallback);
    expect(await file.read()).toEqual(fallback);
  });
});

test('only the main frame of our own page is heard', () => {
  const frame = (url: string, parent: object | null = null) =>
    ({ senderFrame: { url, parent } }) as unknown as Parameters<typeof isOurPage>[0];
  expect(isOurPage(frame('app://abhaya/index.html#/fleet'))).toBe(true);
  expect(isOurPage(frame('app://abhaya/index.html', {}))).toBe(false);
  expect(isOurPage(frame('https://example.org/'))).toBe(false);
  expect(isOurPage(frame('app://abhaya.example.org/'))).toBe(false);
  expect(isOurPage(frame('file:///app://abhaya/'))).toBe(false);
  expect(isOurPage({ senderFrame: null })).toBe(false);
});

test('what the disk refuses is said with the place; other errors stay as they are', () => {
  const refused = (code: string) => diskTrouble('/there/x.csv', Object.assign(new Error('x'), { code }));
  expect(refused('EACCES')).toMatchObject({
    ...{
      code: 'input.invalid',
      message: 'nothing was saved in /there: it may not be written; choose another place',
    },
  });
  expect(refused('ENOSPC')).toMatchObject({ message: expect.stringContaining('the disk is full') });
  expect(refused('host.unreachable')).toMatchObject({ message: 'x' });
  expect([diskTrouble('/x', undefined), diskTrouble('/x', 'y')]).toEqual([undefined, 'y']);
});
