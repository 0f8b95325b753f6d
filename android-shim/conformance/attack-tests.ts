// The tests of a runtime's attacks: its table agrees with its programs, and every attempt ends as its row says, inside and
// outside, and leaves nothing behind. One test each, with the engine that `abhaya sandbox attack` uses.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildC } from '../../device-agent/sandbox/sandbox-tester.ts';
import {
  type AttackFiles,
  AttackSession,
  type AttackSuite,
  type LauncherArch,
  type Listener,
} from '../../lab/sandbox-lab/attacks/index.ts';

const architectures: Readonly<Record<string, LauncherArch>> = { x64: 'x86_64', arm64: 'aarch64' };
export const hostArch: LauncherArch = architectures[process.arch] ?? 'x86_64';

/** Built from what stands here now, not taken from dist/. */
export async function freshAttackFiles(more: Partial<AttackFiles> = {}): Promise<AttackFiles> {
  return {
    launcher: join(await buildC('android-shim/launcher'), 'abhaya-launcher'),
    programs: await buildC('android-shim/conformance'),
    runtimes: {},
    tools: { node: process.execPath },
    ...more,
  };
}

/** `atLeast`: how many attempts the runtime must have. */
export function testAttacks(
  suite: AttackSuite,
  atLeast: number,
  more: () => Partial<AttackFiles>,
  { warm = false, listener }: { readonly warm?: boolean; readonly listener?: Listener } = {},
): void {
  const how = warm ? ' in a process that was there before' : listener ? `, by ${listener}` : '';
  describe(`attempts${how}`, () => {
    let session: AttackSession;
    let files: AttackFiles;

    beforeAll(async () => {
      files = await freshAttackFiles(more());
      session = await AttackSession.open(suite, { files, warm, listener });
    });
    afterAll(async () => {
      expect(await session.close()).toBe(0);
    });

    test('the table is complete', async () => {
      const named = suite.rows(hostArch).map(({ attempt }) => attempt);
      expect([...named].sort()).toEqual([...(await suite.attempts(files))].sort());
      expect(new Set(named).size).toBe(named.length);
      expect(named.length).toBeGreaterThanOrEqual(atLeast);
    });

    test.each(suite.rows(hostArch).map((row) => [row.attempt, row] as const))('%s', async (_name, row) => {
      const { problem, outcome, reported, control } = await session.run(row);
      expect({ problem, outcome, reported, control }).toEqual({
        problem: undefined,
        outcome: row.harmless ? 'harmless' : 'denied',
        reported: true,
        control: 'ok',
      });
    });
  });
}
