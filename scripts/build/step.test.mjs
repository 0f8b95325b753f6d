// A build step works when, and only when, what it depends on changed; and what it replaces stays whole until then.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outOfDate, runStep } from './step.mjs';

let root;
let build;
let step;
let fault;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'abhaya build '));
  mkdirSync(join(root, 'src', 'target'), { recursive: true });
  writeFileSync(join(root, 'src', 'a.txt'), 'one');
  writeFileSync(join(root, 'src', 'target', 'waste'), 'w');
  build = { root, dist: join(root, 'dist'), tools: { cc: join(root, 'src', 'a.txt') }, ctx: {} };
  fault = undefined;
  step = {
    name: 'upper case',
    outputs: ['out.txt', 'folder'],
    inputs: () => ['src'],
    skip: (name) => name.startsWith('target'),
    async run({ aside }) {
      const text = readFileSync(join(root, 'src', 'a.txt'), 'utf8').toUpperCase();
      writeFileSync(join(aside, 'out.txt'), text);
      mkdirSync(join(aside, 'folder'));
      if (fault) throw new Error(fault);
      writeFileSync(join(aside, 'folder', 'in.txt'), text);
    },
  };
});
afterEach(() => rmSync(root, { recursive: true }));

const out = () => readFileSync(join(root, 'dist', 'out.txt'), 'utf8');

describe('a build step', () => {
  it('is built once, and again when a source changed', async () => {
    expect(outOfDate(build, step)).toBe('not built yet');
    await runStep(build, step);
    expect(outOfDate(build, step)).toBeUndefined();
    writeFileSync(join(root, 'src', 'target', 'waste'), 'other');
    expect(outOfDate(build, step)).toBeUndefined();
    writeFileSync(join(root, 'src', 'a.txt'), 'two');
    expect(outOfDate(build, step)).toBe('its sources changed');
    await runStep(build, step);
    expect(out()).toBe('TWO');
    writeFileSync(join(root, 'src', 'new.txt'), '');
    expect(outOfDate(build, step)).toBe('its sources changed');
  });

  it('notices outputs that are gone or cut', async () => {
    await runStep(build, step);
    truncateSync(join(root, 'dist', 'folder', 'in.txt'), 1);
    expect(outOfDate(build, step)).toMatch(/folder\/in\.txt is missing or cut/);
    await runStep(build, step);
    rmSync(join(root, 'dist', 'out.txt'));
    expect(outOfDate(build, step)).toMatch(/out\.txt is missing or cut/);
  });

  it('that fails leaves the former outputs whole, and nothing beside them', async () => {
    await runStep(build, step);
    writeFileSync(join(root, 'src', 'a.txt'), 'two');
    fault = 'the compiler says no';
    await expect(runStep(build, step)).rejects.toThrow('the compiler says no');
    expect(out()).toBe('ONE');
    expect(readFileSync(join(root, 'dist', 'folder', 'in.txt'), 'utf8')).toBe('ONE');
    expect(outOfDate(build, step)).toBe('its sources changed');
    expect(readdirSync(join(root, 'dist')).sort()).toEqual(['.stamps', 'folder', 'out.txt']);
  });

  it('that makes less than it promised has failed', async () => {
    step.outputs = [...step.outputs, 'more.txt'];
    await expect(runStep(build, step)).rejects.toThrow(/did not make more\.txt/);
    expect(outOfDate(build, step)).toBe('not built yet');
  });

  it('whose source changes while it works is out of date afterwards', async () => {
    const { run } = step;
    step.run = async (made) => {
      await run(made);
      writeFileSync(join(root, 'src', 'a.txt'), 'three');
    };
    await runStep(build, step);
    expect(outOfDate(build, step)).toBe('its sources changed');
  });
});
