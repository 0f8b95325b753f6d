// Phones that a person connects by address, on an adb server that isn't ours, and what is done to their agents.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { openPhoneBench, type PhoneBench } from '../lab/virtual-phone/testing/phone-bench.ts';
import { createLabTester, type LabTester } from './lab.tester.ts';

let bench: PhoneBench;
let lab: LabTester;
let address: string;
beforeAll(async () => {
  bench = await openPhoneBench();
  // The bench's server stands in for the user's; its phone is a stranger to the lab host.
  address = (await bench.phone()).adbAddress;
  lab = await createLabTester({ ANDROID_ADB_SERVER_PORT: String(bench.server.port) });
  expect((await lab.json('up', '--phones', '1', '--detach')).exitCode).toBe(0);
});
afterAll(async () => {
  await lab?.close();
  await bench?.close();
});

type Answer = PhoneView & { error?: { code: string; message: string } };
const abhaya = (...args: string[]) => lab.json<Answer>(...args);
const onPhone = async (command: string) => (await bench.adb(address, 'shell', command)).stdout.trim();
let serial: string;

test('a port where no phone listens is refused, in words of adb', async () => {
  expect(await abhaya('connect', '127.0.0.1:1')).toMatchObject({
    exitCode: 21,
    error: { code: 'device.offline', message: expect.stringContaining('127.0.0.1:1') },
  });
});

test("the lab's own phones are not connected a second time", async () => {
  const [virtual] = await lab.phones();
  expect((await abhaya('connect', virtual?.adbSerial ?? '')).error?.code).toBe('conflict');
});

test('a connected phone gets no agent until it is asked for', async () => {
  expect(await abhaya('connect', address)).toMatchObject({ exitCode: 0, adbSerial: address, kind: 'wifi' });
  const attached = await abhaya('attach', '-s', address);
  expect(attached).toMatchObject({
    exitCode: 0,
    state: 'running',
    agent: { bundleHash: expect.any(String) },
  });
  ({ serial } = attached);
  // Known by its own number from now on, and by that alone.
  expect((await lab.phones()).filter(({ kind }) => kind === 'wifi').map((it) => it.serial)).toEqual([serial]);
});

test('a stopped agent stays stopped, and is attached again without a push', async () => {
  expect((await abhaya('phone', 'stop-agent', '-s', serial)).exitCode).toBe(0);
  const stopped = await lab.phoneWhen(serial, ({ state }) => state === 'ready');
  expect(stopped.nodeId).toBeUndefined();
  expect(await onPhone('ls /data/local/tmp/abhaya/run')).not.toContain('agent.json');
  expect(await abhaya('attach', '-s', serial)).toMatchObject({
    state: 'running',
    lastAttach: { pushedBytes: 0 },
  });
});

test('a removed agent leaves nothing on the phone', async () => {
  const { pid } = JSON.parse(await onPhone('cat /data/local/tmp/abhaya/run/agent.json')) as { pid: number };
  const isThere = () => onPhone(`cat /proc/${pid}/cmdline`);
  expect(await isThere()).toContain('agent.mjs');
  expect((await abhaya('phone', 'remove-agent', '-s', serial)).exitCode).toBe(0);
  await lab.phoneWhen(serial, ({ state }) => state === 'ready');
  expect(await onPhone('ls /data/local/tmp')).not.toContain('abhaya');
  expect(await isThere()).not.toContain('agent.mjs');
  // There is nothing left to remove: that is no failure.
  expect((await abhaya('phone', 'remove-agent', '-s', serial)).exitCode).toBe(0);
});

test('a removed agent can be pushed again', async () => {
  const again = await abhaya('attach', '-s', serial);
  expect(again.lastAttach?.pushedBytes).toBeGreaterThan(1_000_000);
});

test('a disconnected phone is forgotten, a virtual one is not disconnected', async () => {
  expect(await abhaya('disconnect', address)).toMatchObject({ exitCode: 0 });
  expect((await lab.phones()).map(({ kind }) => kind)).toEqual(['virtual']);
  expect((await abhaya('disconnect', address)).error?.code).toBe('not-found');
  expect((await abhaya('disconnect', 'VP0001')).error?.code).toBe('conflict');
});

test('without an adb server, the error says what to type', async () => {
  const alone = await createLabTester({ ANDROID_ADB_SERVER_PORT: '1' });
  try {
    expect((await alone.json('up', '--phones', '0', '--detach')).exitCode).toBe(0);
    expect(await alone.json('connect', address)).toMatchObject({
      exitCode: 20,
      error: { code: 'adb.server', message: expect.stringContaining('adb -P 1 start-server') },
    });
  } finally {
    await alone.close();
  }
});
