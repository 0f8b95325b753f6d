import { describe, expect, test } from 'vitest';
import {
  type ExitReportView,
  exitReasons,
  parserOf,
  StartSandboxTry,
  TRY_FILE_MAX_BYTES,
  TRY_MEMORY_MAX_MB,
  TRY_SECONDS_MAX,
  TRY_TEXT_MAX,
} from '#schemas';
import type { PickedFile } from '../services/run/form-model.ts';
import { callMeaning } from '../tasks/call-meanings.ts';
import * as model from './try-model.ts';

const picked = (name: string, bytes = 5): PickedFile => ({
  ...{ handle: 'h', name, bytes, type: '', file: undefined },
});
const form: model.TryForm = { ...model.emptyTry, program: picked('a.py') };

test('the form has the lab host’s limits', () => {
  expect([model.MEMORY_MAX_MB, model.SECONDS_MAX, model.FILE_MAX_BYTES, model.TEXT_MAX]).toEqual([
    ...[TRY_MEMORY_MAX_MB, TRY_SECONDS_MAX, TRY_FILE_MAX_BYTES, TRY_TEXT_MAX],
  ]);
});

describe('a form', () => {
  test.each<[Partial<model.TryForm>, model.Runtime | undefined, RegExp | undefined]>([
    [{}, 'python', undefined],
    [{ program: undefined }, undefined, /Choose a program/],
    [{}, undefined, /choose a runtime/],
    [{ runtime: 'wasm' }, undefined, undefined],
    [{ memory: '0' }, 'python', /Memory/],
    [{ memory: '64.5' }, 'python', /Memory/],
    [{ seconds: '3601' }, 'python', /Time/],
    [{ inputKind: 'file' }, 'python', /file that it reads/],
    [{ inputKind: 'text', inputText: 'x'.repeat(1_000_001) }, 'python', /longer/],
    [{ program: picked('a.py', 300_000_000) }, 'python', /at most/],
    [{ inputKind: 'file', inputFile: picked('b', 300_000_000) }, 'python', /at most/],
  ])('%j that looks like %s', (part, guess, problem) => {
    const said = model.tryProblem({ ...form, ...part }, guess);
    if (problem) expect(said).toMatch(problem);
    else expect(said).toBeUndefined();
  });

  test('becomes a request that the lab host takes', () => {
    const parse = parserOf(StartSandboxTry, 'request');
    const uploads = { program: 'a'.repeat(24), input: 'b'.repeat(24) };
    const ask = (part: Partial<model.TryForm>) =>
      parse(model.tryRequest({ ...form, ...part }, picked('a.py'), uploads));
    expect(ask({})).toEqual({ program: 'a'.repeat(24), name: 'a.py', memoryMB: 64, seconds: 30 });
    expect(ask({ inputKind: 'text', inputText: 'hi', runtime: 'jvm' })).toMatchObject({
      ...{ runtime: 'jvm', input: { text: 'hi' } },
    });
    expect(ask({ inputKind: 'file', inputFile: picked('in'.repeat(200)) })).toMatchObject({
      input: { upload: 'b'.repeat(24) },
    });
  });
});

const report = (reason: string, more: Partial<ExitReportView> = {}): ExitReportView => ({
  ...{ reason, cpuMs: 1, peakMemoryBytes: 2, wallMs: 3, bytesIn: 4, bytesOut: 5, layers: [] },
  ...more,
});

test('every reason is explained, and none as a task’s', () => {
  for (const reason of exitReasons) {
    const said = model.tryEnd(report(reason), { memoryMB: 64, seconds: 30, runtime: 'jvm' });
    expect(said).toMatch(/^(It|The (program|sandbox)) /);
    expect(said).not.toMatch(/service|phone|manifest|task/);
  }
  expect(model.tryEnd(report('out-of-memory'), { memoryMB: 64, runtime: 'jvm' })).toContain('JVM itself');
});

test('a program that was never started is not this machine’s problem', () => {
  const said = (message?: string) =>
    model.tryEnd(report('sandbox-error', message === undefined ? {} : { message }), {});
  expect(said('the program is not static')).toMatch(/-static.*CGO_ENABLED=0/);
  expect(said('the program is made for another machine')).toMatch(/another processor/);
  expect(said('the program asks for an executable stack')).toMatch(/^It was not started/);
  expect([said('fork: no memory'), said()].map((it) => it.includes('this machine’s problem'))).toEqual([
    ...[true, true],
  ]);
});

test('a loop is told apart from waiting', () => {
  const said = (cpuMs: number) => model.tryEnd(report('wall-timeout', { cpuMs, wallMs: 1_000 }), {});
  expect(said(990)).toMatch(/loop/);
  expect(said(20)).toMatch(/waits for/);
});

test('a denied call is explained', () => {
  expect(callMeaning('socket')).toContain('network');
  expect(callMeaning('execve')).toBe('starts another program');
  expect(callMeaning('nothing')).toBeUndefined();
});

test('states', () => {
  expect(model.tryState({ state: 'ended', report: report('syscall-denied') })).toEqual({
    ...{ tone: 'bad', word: 'syscall-denied' },
  });
  expect(model.tryState({ state: 'opening' }).tone).toBe('busy');
  expect(model.tryAbout({ state: 'ended', runtime: 'wasm', memoryMB: 64, seconds: 3 })).toBe(
    'WebAssembly, 64 MB, 3 s',
  );
});

test('bytes that are no text are shown as hexdump has them', () => {
  expect(model.hexLines('')).toBe('');
  expect(model.hexLines(`4100${'ff'.repeat(15)}`)).toBe(
    `000000  41 00 ${'ff '.repeat(14).trim()}  A.${'.'.repeat(14)}\n000010  ff${' '.repeat(45)}  .`,
  );
});
