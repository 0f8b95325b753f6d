// Fifty phones, a real process tree each, in the real window: all of them run, all are drawn, within 6 GB.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totalOf, usageOf } from '../../bench/process-tree.ts';
import { openWindow, type WindowTester } from './window.tester.ts';

describe('fifty phones', () => {
  let tester: WindowTester;

  beforeAll(async () => {
    tester = await openWindow({ args: ['--phones', '50'] });
    await tester.meshReady(50, 240_000);
  }, 300_000);
  afterAll(() => tester?.close(), 60_000);

  test('route to each other, and need at most 6 GB of memory in all', async () => {
    const { pid } = await (await tester.client()).host();
    const usage = totalOf(await usageOf(pid, { pss: true }));
    expect(usage.pssMB).toBeLessThan(6_000);
    expect(usage.processes).toBeGreaterThan(150);
  });

  test('are listed and drawn', async () => {
    // The rows of all phones, and the one of the headings.
    await tester.page.locator('[role=grid][aria-label=Phones][aria-rowcount="51"]').waitFor();
    await tester.goTo('mesh');
    await tester.page.getByText('Phones (50)').waitFor();
    expect(await tester.accessibility()).toEqual([]);
    expect(tester.complaints).toEqual([]);
  });
});
