// A launcher and a folder for the tests of a file: after each of them nothing of the launcher may be left over.

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { buildC, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

/** There while the tests run. */
export interface LauncherBench {
  readonly launcher: LauncherTester;
  readonly workspace: Workspace;
}

export function launcherBench(): LauncherBench {
  const bench = {} as { launcher: LauncherTester; workspace: Workspace };
  let descriptors = 0;
  beforeAll(async () => {
    bench.launcher = new LauncherTester(join(await buildC('android-shim/launcher'), 'abhaya-launcher'));
    bench.workspace = await Workspace.open();
    expect(await bench.launcher.hello).toMatchObject({ available: true });
    descriptors = bench.launcher.descriptors();
  });
  afterEach(() => {
    expect(bench.launcher.children()).toEqual([]);
    expect(bench.launcher.descriptors()).toBe(descriptors);
  });
  afterAll(async () => {
    expect(await bench.launcher.close()).toBe(0);
    await bench.workspace.close();
  });
  return bench;
}
