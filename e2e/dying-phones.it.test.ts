// Phones that die in the middle of a run, as users see it: another one takes the task, and there is one result.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { writeSlowPackage } from './slow-service.tester.ts';

let lab: LabTester;
let slowRounds: number;
beforeAll(async () => {
  lab = await createLabTester();
  // VP0001 and VP0004 are flagships, the only ones that can; VP0002 asks.
  const up = await lab.json('up', '--phones', '5', '--topology', 'ring', '--detach');
  expect(up.exitCode).toBe(0);
  const slow = await writeSlowPackage(lab.home);
  slowRounds = slow.rounds;
  const installed = await lab.cli('services', 'install', slow.file);
  expect(installed.stderr).toBe('');
});
afterAll(() => lab.close());

test.each([
  ['kill -9 of the chosen phone’s agent', 'kill-agent'],
  ['a pulled cable', 'unplug'],
] as const)(
  '%s: acknowledged on another phone, exactly once; the phone comes back',
  async (_name, action) => {
    const client = await lab.client();
    const task = await client.submit({
      packageId: 'org.example.slow',
      from: 'VP0002',
      inputs: { rounds: { value: slowRounds } },
      deadlineMs: 110_000,
    });
    const results: string[] = [];
    const stream = await client.events((event) => {
      if (
        event.event === 'task' &&
        event.task.taskId === task.taskId &&
        event.task.state === 'acknowledged'
      ) {
        results.push(event.task.device ?? '');
      }
    });
    const running = await lab.taskWhen(task.taskId, ({ state }) => state === 'running');
    const chosen = running.device ?? '';
    expect(['VP0001', 'VP0004']).toContain(chosen);
    await client.command(chosen, { action });
    const done = await lab.taskWhen(
      task.taskId,
      ({ state }) => state === 'acknowledged' || state === 'failed',
      100_000,
    );
    expect(done).toMatchObject({ state: 'acknowledged', attempts: 2 });
    expect(done.device).not.toBe(chosen);
    if (action === 'unplug') await client.command(chosen, { action: 'plug-in' });
    await lab.phoneWhen(chosen, ({ state }) => state === 'running');
    await lab.meshReady();
    stream.close();
    expect(new Set(results)).toEqual(new Set([done.device]));
  },
);

test('a running task can be cancelled, and nothing of it goes on', async () => {
  const client = await lab.client();
  const { taskId } = await client.submit({
    packageId: 'org.example.slow',
    from: 'VP0002',
    inputs: { rounds: { value: slowRounds } },
  });
  await lab.taskWhen(taskId, ({ state }) => state === 'running');
  expect((await client.cancel(taskId)).state).toBe('cancelled');
});
