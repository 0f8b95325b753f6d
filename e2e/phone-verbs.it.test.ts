// `abhaya phone …`: what a user does to a phone from the command line, and what the fleet makes of it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

let lab: LabTester;
/** Every state that the phone was ever shown in: a short one is not missed. */
const states: string[] = [];
beforeAll(async () => {
  lab = await createLabTester();
  const up = await lab.json('up', '--phones', '1', '--detach');
  expect(up.exitCode).toBe(0);
  await (await lab.client()).events((event) => {
    if (event.event === 'phone' && event.phone.serial === 'VP0001') states.push(event.phone.state);
  });
});
afterAll(() => lab.close());

const S = ['-s', 'VP0001'];
const phone = (...args: string[]) => lab.json<PhoneView & { error?: { code: string } }>('phone', ...args);
const runs = () => lab.phoneWhen('VP0001', ({ state }) => state === 'running');
/** Does it, and waits until the phone was lost by it and runs again. */
async function losesPhone(act: () => Promise<unknown>): Promise<PhoneView> {
  const from = states.length;
  await act();
  const lost = () => states.slice(from).some((state) => state !== 'running');
  await expect.poll(lost, { timeout: 60_000 }).toBe(true);
  return runs();
}
const agentStarts = async () => {
  const { lines } = await (await lab.client()).log('VP0001', 1000);
  return lines.filter((line) => line.includes('agent is ready')).length;
};

test('battery, charger and heat are set, and are what the phone reports of itself', async () => {
  expect(await phone('set-battery', '17', ...S)).toMatchObject({ exitCode: 0, batteryPercent: 17 });
  expect(await phone('set-charger', 'off', ...S)).toMatchObject({ exitCode: 0, charging: false });
  expect(await phone('set-heat', '4', ...S)).toMatchObject({ exitCode: 0, thermal: 4 });
  // The agent asks the phone itself, and finds the same.
  const back = await losesPhone(async () => {
    expect((await phone('restart-agent', ...S)).exitCode).toBe(0);
  });
  expect(back).toMatchObject({ batteryPercent: 17, charging: false, thermal: 4 });
  expect(await phone('set-charger', 'on', ...S)).toMatchObject({ charging: true });
  expect(await phone('set-heat', '0', ...S)).toMatchObject({ thermal: 0 });
});

test('an unplugged phone comes back when it is plugged in', async () => {
  expect(await phone('unplug', ...S)).toMatchObject({ exitCode: 0, state: 'unplugged' });
  expect((await phone('plug-in', ...S)).exitCode).toBe(0);
  await runs();
});

test('a stalled phone is found silent, and comes back when bytes pass again', async () => {
  expect((await phone('stall', ...S)).exitCode).toBe(0);
  await lab.phoneWhen('VP0001', ({ state }) => state !== 'running');
  expect((await phone('resume', ...S)).exitCode).toBe(0);
  await runs();
});

test('a cable that breaks after some bytes is mended by itself', async () => {
  await losesPhone(async () => {
    expect((await phone('fail-after', '1', ...S)).exitCode).toBe(0);
  });
});

test('a phone that forgets its computers is unauthorized until it allows them', async () => {
  expect((await phone('deny-auth', ...S)).exitCode).toBe(0);
  await lab.phoneWhen('VP0001', ({ state }) => state === 'unauthorized');
  expect((await phone('allow-auth', ...S)).exitCode).toBe(0);
  await runs();
});

test('a killed agent is started anew', async () => {
  const before = await agentStarts();
  expect((await phone('kill-agent', ...S)).exitCode).toBe(0);
  await expect.poll(agentStarts, { timeout: 60_000, interval: 200 }).toBe(before + 1);
  await runs();
});

test('phones are added, shown and removed', async () => {
  const added = JSON.parse(
    (await lab.cli('phone', 'add', '--count', '2', '--profile', 'budget', '--json')).stdout,
  ) as PhoneView[];
  expect(added.map(({ serial, profile, state }) => [serial, profile, state])).toEqual([
    ['VP0002', 'budget', 'running'],
    ['VP0003', 'budget', 'running'],
  ]);
  expect(await lab.json('phone', 'remove', '-s', 'VP0003')).toEqual({ removed: 'VP0003', exitCode: 0 });
  expect((await lab.phones()).map(({ serial }) => serial)).toEqual(['VP0001', 'VP0002']);
  const shown = await lab.cli('phone', 'set-battery', '50', '-s', 'VP0002');
  expect(shown.stdout).toMatch(/VP0002 +.*budget/);
});

test.each([
  ['an unknown phone', ['unplug', '-s', 'VP0099'], 3, 'not-found'],
  ['an unknown phone to remove', ['remove', '-s', 'VP0099'], 3, 'not-found'],
  ['a battery of 101 percent', ['set-battery', '101', ...S], 2, 'input.invalid'],
  ['a charger that is neither on nor off', ['set-charger', 'maybe', ...S], 2, 'input.invalid'],
  ['a phone that is not named', ['unplug'], 2, 'input.invalid'],
  ['a verb that is none', ['jump', ...S], 2, 'input.invalid'],
  ['a profile that is none', ['add', '--profile', 'huge'], 2, 'input.invalid'],
])('%s is refused with its code and exit code', async (_name, args, exitCode, code) => {
  const answer = await phone(...args);
  expect([answer.exitCode, answer.error?.code]).toEqual([exitCode, code]);
});
