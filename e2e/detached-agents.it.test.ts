// Agents on phones that are not ours belong to nobody: when the lab host is killed in the middle of a task they finish
// it and hold the result until the next lab host asks. The phones here are started by the test, behind an adb server
// that stands for the user's.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { poll } from '#base';
import type { PhoneView, TaskView } from '#schemas';
import { openPhoneBench, type PhoneBench } from '../lab/virtual-phone/testing/phone-bench.ts';
import { createLabTester, type LabTester } from './lab.tester.ts';
import { writeSlowPackage } from './slow-service.tester.ts';

let bench: PhoneBench;
let lab: LabTester;
beforeEach(async () => {
  bench = await openPhoneBench();
  lab = await createLabTester({ ANDROID_ADB_SERVER_PORT: String(bench.server.port) });
});
afterEach(async () => {
  await lab.close();
  await bench.close();
});

const phones = {
  'our adbd': async () => (await bench.phone({ profile: 'flagship' })).adbAddress,
  "trixie's adbd": async () => (await bench.reference()).adbAddress,
};

test.each(Object.entries(phones))(
  '%s: a task goes on without its lab host, and the next one gets the result',
  async (_name, start) => {
    const address = await start();
    await bench.server.connect(address);
    const first = await attachTo(address);
    const { file: slow, rounds } = await writeSlowPackage(lab.home);
    await lab.json('services', 'install', slow, '-s', first.serial);
    const { taskId } = await (await lab.client()).submit({
      packageId: 'org.example.slow',
      from: first.serial,
      on: first.serial,
      inputs: { rounds: { value: rounds } },
      deadlineMs: 110_000,
    });
    await lab.taskWhen(taskId, ({ state }) => state === 'running');
    const pid = await agentPid(address);

    process.kill(await lab.hostPid(), 'SIGKILL');
    expect((await lab.cli('tasks')).exitCode).toBe(11);
    // Nobody but the phone itself is there to finish it.
    await poll(
      async () => {
        const { stdout } = await bench.adb(address, 'shell', 'ls /data/local/tmp/abhaya/tmp/tasks/receipts');
        return stdout.includes(taskId.slice(0, 8)) ? true : undefined;
      },
      { everyMs: 200, timeoutMs: 90_000, what: 'the receipt on the phone' },
    );

    const second = await attachedAgain(address);
    expect(second).toMatchObject({ serial: first.serial, nodeId: first.nodeId });
    expect(second.lastAttach?.pushedBytes).toBe(0);
    expect(await agentPid(address)).toBe(pid);
    const task = await lab.json<TaskView>('tasks', taskId);
    expect(task).toMatchObject({ exitCode: 0, state: 'acknowledged', device: first.serial, attempts: 1 });
    const file = join(lab.home, 'number');
    await (await lab.client()).saveOutput(taskId, 'number', file);
    expect(await sha256Of(file)).toBe(task.outputs[0]?.sha256);
  },
);

test('a phone that works for another one goes on too: the result is taken when both are linked again', async () => {
  // Only a flagship can run it; a budget phone asks.
  const asking = (await bench.phone({ profile: 'budget' })).adbAddress;
  const working = await phones["trixie's adbd"]();
  for (const address of [asking, working]) await bench.server.connect(address);
  const link = async (attach: typeof attachTo) => {
    const [from, on] = [await attach(asking), await attach(working)];
    await lab.json('links', 'add', from.serial, on.serial);
    await lab.meshReady();
    return { from, on };
  };
  const { from, on } = await link(attachTo);
  const { file, rounds } = await writeSlowPackage(lab.home);
  await lab.json('services', 'install', file);
  const { taskId } = await (await lab.client()).submit({
    packageId: 'org.example.slow',
    from: from.serial,
    on: on.serial,
    inputs: { rounds: { value: rounds } },
    deadlineMs: 110_000,
  });
  await lab.taskWhen(taskId, ({ state }) => state === 'running');
  process.kill(await lab.hostPid(), 'SIGKILL');
  await link(attachedAgain);
  const task = await lab.taskWhen(taskId, ({ state }) => state === 'acknowledged', 110_000);
  expect(task).toMatchObject({ device: on.serial });
});

test('only a phone that was attached on purpose is attached again by itself, until its agent is taken away', async () => {
  const [mine, other] = [await phones['our adbd'](), await phones['our adbd']()];
  for (const address of [mine, other]) await bench.server.connect(address);
  const { serial } = await attachTo(mine);
  const restart = async () => {
    process.kill(await lab.hostPid(), 'SIGKILL');
    expect((await lab.cli('tasks')).exitCode).toBe(11);
    await startLab();
  };

  await restart();
  expect((await attachedAgain(mine)).lastAttach?.pushedBytes).toBe(0);
  const agent = await lab.json('phone', 'stop-agent', '-s', serial);
  expect(agent.exitCode).toBe(0);

  await restart();
  // Each of the three lab hosts looks at each phone once.
  for (const address of [mine, other]) await lookedAt(address, 3);
  const states = (await lab.phones()).map(({ adbSerial, state }) => [adbSerial, state]);
  expect(states.sort()).toEqual(
    [
      [mine, 'ready'],
      [other, 'ready'],
    ].sort(),
  );
  expect((await bench.adb(other, 'shell', 'ls -A /data/local/tmp')).stdout.trim()).toBe('');
  expect((await attachTo(mine)).lastAttach?.pushedBytes).toBe(0);
});

const lookedAt = (address: string, times: number) =>
  poll(
    async () => {
      const lines = (await readFile(join(lab.home, 'log', 'lab-host.log'), 'utf8')).split('\n');
      const looks = lines.filter((line) => line.includes('was looked at') && line.includes(address));
      return looks.length >= times ? true : undefined;
    },
    { everyMs: 100, timeoutMs: 30_000, what: `a look at ${address}` },
  );

async function startLab(): Promise<void> {
  if ((await lab.cli('devices')).exitCode !== 0)
    expect((await lab.json('up', '--phones', '0', '--detach')).exitCode).toBe(0);
}

const phoneWhen = (address: string, what: string, holds: (phone: PhoneView) => boolean) =>
  poll(async () => (await lab.phones()).find((it) => it.adbSerial === address && holds(it)), {
    everyMs: 100,
    timeoutMs: 60_000,
    what: `${address} ${what}`,
  });

/** Attached by the next lab host, without being asked. */
async function attachedAgain(address: string): Promise<PhoneView> {
  await startLab();
  return phoneWhen(address, 'attached again', ({ state }) => state === 'running');
}

async function attachTo(address: string): Promise<PhoneView> {
  await startLab();
  await phoneWhen(address, 'in the list', () => true);
  const phone = await lab.json<PhoneView>('attach', '-s', address);
  expect(phone).toMatchObject({ exitCode: 0, state: 'running', kind: 'wifi' });
  return phone;
}

const sha256Of = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

async function agentPid(address: string): Promise<number> {
  const { stdout } = await bench.adb(address, 'shell', 'cat /data/local/tmp/abhaya/run/agent.json');
  return (JSON.parse(stdout) as { pid: number }).pid;
}
