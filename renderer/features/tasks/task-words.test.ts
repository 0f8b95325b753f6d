import { describe, expect, test } from 'vitest';
import type { ExitReportView } from '#schemas';
import { exitSentence, isFinal, problemAdvice, taskDurationMs } from './task-words.ts';

const report: ExitReportView = {
  reason: 'completed',
  cpuMs: 10,
  peakMemoryBytes: 2_000_000,
  wallMs: 20,
  bytesIn: 1,
  bytesOut: 2,
  layers: [],
};

describe('exit reports', () => {
  test('a denied call is named', () => {
    expect(exitSentence({ ...report, reason: 'syscall-denied', syscall: 'socket' })).toContain('socket');
  });
  test('a reason that we do not know is shown as it is', () => {
    expect(exitSentence({ ...report, reason: 'eaten' })).toBe('The service ended: eaten.');
  });
});

test('only final tasks have a duration', () => {
  const timeline = [
    { state: 'queued' as const, atMs: 0 },
    { state: 'running' as const, atMs: 40 },
  ];
  expect(taskDurationMs({ state: 'running', timeline })).toBeUndefined();
  expect(
    taskDurationMs({ state: 'failed', timeline: [...timeline, { state: 'failed' as const, atMs: 90 }] }),
  ).toBe(90);
  expect(isFinal({ state: 'expired' })).toBe(true);
});

test('every problem has advice, a cancelled task needs none', () => {
  const of = (code: string) => problemAdvice({ state: 'failed', problem: { code, message: '' } });
  expect(of('task.no-offers')).toContain('verdicts');
  expect(of('mesh.unroutable')).toContain('mesh page');
  expect(of('package.bomb')).toContain('author');
  expect(of('something.new')).toBe('Run it again.');
  expect(
    problemAdvice({ state: 'cancelled', problem: { code: 'task.cancelled', message: '' } }),
  ).toBeUndefined();
});
