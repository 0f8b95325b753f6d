// Each program passes in the sandbox, unchanged, twenty times of twenty, without a refused call.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildC, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import type { Program } from './program.ts';

const RUNS = 20;
const AT_ONCE = 2;
const TIMEOUT_MS = 300_000;

/** `atLeast`: how many there must be. `folder`: of a runtime that has one. */
export function testPrograms(
  rows: readonly Program[],
  atLeast: number,
  folder?: () => { readonly runtime: string; readonly path: string },
): void {
  describe('real programs', () => {
    let build = '';
    let workspace: Workspace;
    let launcher: LauncherTester;

    beforeAll(async () => {
      build = await mkdtemp(join(tmpdir(), 'abhaya-programs-'));
      workspace = await Workspace.open();
      const place = folder?.();
      const args = place ? ['--runtime', `${place.runtime}=${place.path}`] : [];
      launcher = new LauncherTester(join(await buildC('android-shim/launcher'), 'abhaya-launcher'), args);
      expect((await launcher.hello).lacks).toEqual({});
    }, TIMEOUT_MS);
    afterAll(async () => {
      expect(await launcher.close()).toBe(0);
      await workspace.close();
      await rm(build, { recursive: true, force: true });
    });

    test('there are enough, each with a name of its own', () => {
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      expect(rows.length).toBeGreaterThanOrEqual(atLeast);
    });

    test.each(rows.map((row) => [row.name, row] as const))(
      '%s',
      async (_name, { file, runtime, input, expected, read, memoryBytes }) => {
        const program = await file(build);
        const limits = {
          runtime,
          wallMs: 30_000,
          maxOutputBytes: 8 << 20,
          ...(memoryBytes ? { memoryBytes } : {}),
        };
        const once = async () => {
          const job = await workspace.job(program, input, limits);
          const { reason, exitCode, syscall, message } = await launcher.run(job);
          expect({ reason, exitCode, syscall, message }).toMatchObject({ reason: 'completed' });
          const output = await workspace.output(job);
          expect(Buffer.compare(read ? read(output) : output, expected)).toBe(0);
        };
        const line = async () => {
          for (let run = 0; run < RUNS / AT_ONCE; run++) await once();
        };
        await Promise.all(Array.from({ length: AT_ONCE }, line));
      },
      TIMEOUT_MS,
    );
  });
}
