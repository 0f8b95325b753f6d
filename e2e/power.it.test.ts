// The owner's word on a phone: what it takes of others, why, and that it holds without the lab host.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import type { PowerPolicy, PowerView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

const [asker, worker] = ['VP0001', 'VP0002'] as const;
const PACKAGE = 'org.abhaya.wordcount';
let lab: LabTester;
beforeAll(async () => {
  lab = await createLabTester();
  expect(await lab.json('up', '--phones', '2', '--detach')).toMatchObject({ exitCode: 0 });
});
afterAll(() => lab.close());

const change = async (changes: Partial<PowerPolicy>): Promise<PowerView> => {
  const client = await lab.client();
  const { policy } = await client.power(worker);
  return client.setPower(worker, { ...policy, ...changes });
};
interface RunDocument {
  state: string;
  device?: string;
  error?: { code: string; message: string };
  problem?: { code: string; message: string };
}
async function count(on?: string): Promise<RunDocument & { exitCode: number; why: string }> {
  const file = await lab.file('words.txt', 'one two');
  const where = on ? ['--on', on] : [];
  const run = await lab.json<RunDocument>(
    'run',
    PACKAGE,
    '--input',
    `text=${file}`,
    '--from',
    asker,
    ...where,
  );
  return { ...run, why: run.problem?.message ?? run.error?.message ?? '' };
}

test('a phone whose participation is off gets no task, and says so', async () => {
  expect(await count(worker)).toMatchObject({ exitCode: 0, device: worker });
  const off = await lab.json<PowerView>('phone', 'power', '-s', worker, '--participation', 'off');
  expect(off).toMatchObject({ exitCode: 0, takes: 'none', policy: { participation: false } });
  expect((await lab.cli('phone', 'power', '-s', worker)).stdout).toContain('takes no tasks of others');
  const refused = await count(worker);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.why).toContain('switched its participation off');
  // The asker's own task is still its own business.
  expect(await count()).toMatchObject({ exitCode: 0, device: asker });
});

test('the switch stays off when the agent is started anew, and on again it takes tasks', async () => {
  const client = await lab.client();
  await client.command(worker, { action: 'restart-agent' });
  await poll(
    async () => {
      const power = await client.power(worker).catch(() => undefined);
      return power?.takes === 'none' ? power : undefined;
    },
    { everyMs: 200, timeoutMs: 60_000, what: 'the phone that is back, and still off' },
  );
  expect(await change({ participation: true })).toMatchObject({ takes: 'all', reasons: [] });
  await lab.meshReady();
  expect(await count(worker)).toMatchObject({ exitCode: 0, device: worker });
});

test('on an empty battery optional services pause and essential ones go on', async () => {
  const client = await lab.client();
  const told: PowerView['takes'][] = [];
  const stream = await client.events((event) => {
    if (event.event === 'power' && event.serial === worker) told.push(event.power.takes);
  });
  await client.command(worker, { action: 'set-charger', connected: false });
  await client.command(worker, { action: 'set-battery', percent: 10 });
  const paused = await count(worker);
  expect(paused.exitCode).not.toBe(0);
  expect(paused.why).toContain('the battery is at 10 %');
  const changed = await lab.json<PowerView>('phone', 'power', '-s', worker, '--essential', PACKAGE);
  expect(changed).toMatchObject({ takes: 'essential' });
  expect(await count(worker)).toMatchObject({ exitCode: 0, device: worker });
  await client.command(worker, { action: 'set-battery', percent: 90 });
  await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('all');
  expect(told).toContain('essential');
  stream.close();
});
