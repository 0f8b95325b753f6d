// A run that had to be ended says which test it was that hung.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import UnderWay, { readUnderWay, underWayFile } from './under-way.mjs';

let folder;
let file;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya-under-way-'));
  file = join(folder, 'names.txt');
  vi.stubEnv(underWayFile, file);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const module = { moduleId: resolve('lab/a.it.test.ts') };
const test = (fullName) => ({ module, fullName });

it('names the test that has begun and not ended, else its file', () => {
  const reporter = new UnderWay();
  reporter.onTestModuleStart(module);
  expect(readUnderWay(file)).toBe('under way: lab/a.it.test.ts');
  for (const name of ['a room > opens', 'a room > closes']) reporter.onTestCaseReady(test(name));
  reporter.onTestCaseResult(test('a room > opens'));
  expect(readUnderWay(file)).toBe('under way: lab/a.it.test.ts > a room > closes');
  reporter.onTestCaseResult(test('a room > closes'));
  reporter.onTestModuleEnd(module);
  expect(readUnderWay(file)).toBe('no test was under way');
});

it('says so when it came to no test', () => {
  expect(readUnderWay(file)).toBe('no test was under way');
});
