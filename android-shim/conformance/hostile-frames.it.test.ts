// A supervisor that lies to the real launcher: whatever it says, the launcher answers, or ends everything with exit code 2;
// it never hangs, dies of a signal, or leaves a process. The parsers alone are fuzzed in android-shim/launcher/tests/fuzz.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll, withTimeout } from '#base';
import { encodeFrame } from '../../device-agent/sandbox/frame-decoder.ts';
import { buildC, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { encodeStart, encodeWarm } from '../../lab/sandbox-lab/launcher/launcher-frames.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';
import { answerableFor } from '../../lab/sandbox-lab/launcher/processes.ts';

let program = '';
let attempts = '';
let workspace: Workspace;

beforeAll(async () => {
  program = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  attempts = join(await buildC('android-shim/conformance'), 'attempts');
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

const golden = [
  'start',
  'start-nodejs',
  'cancel',
  'warm',
  'carry',
  'piece',
  'taken',
  'hello',
  'exit-denied',
  'ready',
].map((name) =>
  Buffer.from(
    readFileSync(join(import.meta.dirname, `../../schemas/golden/launcher/${name}.hex`), 'utf8').replace(
      /\s/g,
      '',
    ),
    'hex',
  ),
);

/** Golden frames, whose files this machine doesn't have, with bytes changed, cut, or behind one another. */
const changed = fc
  .record({
    frame: fc.constantFrom(...golden),
    changes: fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    keep: fc.option(fc.nat(400), { nil: undefined }),
  })
  .map(({ frame, changes, keep }) => {
    const bytes = Uint8Array.from(frame);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes.subarray(0, keep);
  });
/** Whole frames of anything: what gets past the length. */
const framed = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((payload) => encodeFrame(payload));
const noise = fc.uint8Array({ maxLength: 40 });
const message = fc.oneof(
  { weight: 4, arbitrary: changed },
  { weight: 2, arbitrary: framed },
  { weight: 1, arbitrary: noise },
);

/** Says all of it, in one go or in portions, and hangs up. */
async function endOf(messages: readonly Uint8Array[], withService: boolean): Promise<number | string> {
  const launcher = new LauncherTester(program);
  try {
    await withTimeout(launcher.hello, 30_000, 'hello');
    if (withService) {
      launcher.start(await workspace.job(attempts, 'spin-for-ever'));
      await poll(() => launcher.children()[0], { everyMs: 2, timeoutMs: 30_000, what: 'the service' });
    }
    for (const bytes of messages) launcher.sendRaw(bytes);
    const how = await withTimeout(launcher.close(), 30_000, 'its end');
    // Killed with it; the kernel may need a moment to take a process away.
    const none = () => answerableFor(launcher.pid, [attempts]).length === 0 || undefined;
    await poll(none, { everyMs: 5, timeoutMs: 30_000, what: 'the end of its service' });
    return how;
  } finally {
    launcher.kill();
  }
}

test.each([
  ['alone', false, 120],
  ['while a service runs', true, 40],
])('frames that are none, %s', { timeout: 240_000 }, async (_what, withService, numRuns) => {
  const ends = { 0: 0, 2: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 6 }), async (messages) => {
      const how = await endOf(messages, withService);
      expect([0, 2]).toContain(how);
      ends[how as 0 | 2] += 1;
    }),
    { seed: 20_261_124, numRuns, endOnFailure: true },
  );
  // Both happen, or nothing was tried.
  expect(ends[0]).toBeGreaterThan(0);
  expect(ends[2]).toBeGreaterThan(numRuns / 4);
});

/** Well-formed orders that can't be: each is answered, and the launcher goes on. */
test('orders for numbers, spares and runtimes that there are not', async () => {
  const launcher = new LauncherTester(program);
  await launcher.hello;
  const base = { acceptedNs: '0', memoryBytes: 1 << 26, wallMs: 1000, cpuMs: 1000, maxOutputBytes: 10 };
  const none = { program: '/none', input: '/none', output: '/none/out' };
  for (const runtime of [1, 2, 3, 4, 5] as const)
    for (const spare of runtime === 1 ? [0] : [0, 99])
      launcher.send(encodeStart({ ...base, ...none, job: 1000 + runtime * 10 + spare, runtime, spare }));
  for (const runtime of [2, 3, 4, 5] as const)
    launcher.send(encodeWarm({ job: 2000 + runtime, runtime, memoryBytes: 1 }));
  const after = await launcher.run(await workspace.job(attempts, 'success'));
  expect(after).toMatchObject({ reason: 'completed' });
  expect(launcher.children()).toEqual([]);
  expect(await launcher.close()).toBe(0);
});

test('a flood of orders for files that are not there', async () => {
  const launcher = new LauncherTester(program);
  await launcher.hello;
  const before = launcher.descriptors();
  const reports = Array.from({ length: 2000 }, async () =>
    launcher.run({ ...(await workspace.job('/none', '')), inputPath: '/none' }),
  );
  for (const report of await Promise.all(reports)) expect(report.reason).toBe('sandbox-error');
  expect(launcher.descriptors()).toBe(before);
  expect(await launcher.close()).toBe(0);
});

test.each([
  ['a runtime without a folder', ['--runtime', 'nodejs']],
  ['a relative folder', ['--runtime', 'nodejs=folder']],
  ['an unknown runtime', ['--runtime', 'cobol=/']],
  ['the same one twice', ['--runtime', 'nodejs=/', '--runtime', 'nodejs=/']],
  ['a name without end', ['--runtime', `${'n'.repeat(70_000)}=/`]],
  ['a folder without end', ['--runtime', `nodejs=/${'f'.repeat(70_000)}`]],
  ['format characters', ['--runtime', '%s%n=/%s%n']],
  ['an unknown option', ['--help']],
  ['the policy of nothing', ['--policy', 'cobol']],
  ['more than a policy', ['--policy', 'native', 'nodejs']],
])('arguments: %s', async (_what, args) => {
  const launcher = new LauncherTester(program, args);
  expect(await withTimeout(launcher.exited, 20_000, 'its end')).toBe(64);
});
