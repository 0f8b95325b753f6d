// A bare phone runs as soon as it can, its other runtimes come after; which ones, its profile and its user say.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

/** A phone's own JVM and Python are pushed to it and tried. */
const SLOW_MS = 120_000;
let lab: LabTester;
/** Everything that was shown of a phone. */
const seen: PhoneView[] = [];
beforeAll(async () => {
  lab = await createLabTester();
  expect((await lab.json('up', '--phones', '0', '--detach')).exitCode).toBe(0);
  await (await lab.client()).events((event) => {
    if (event.event === 'phone') seen.push(event.phone);
  });
});
afterAll(() => lab.close());

const phone = (serial: string, ...args: string[]) =>
  lab.json<PhoneView & { error?: { code: string } }>('phone', ...args, '-s', serial);
const offers = (serial: string, runtimes: string[]) =>
  lab.phoneWhen(
    serial,
    ({ state, sandbox }) => state === 'running' && sandbox?.runtimes.join() === runtimes.join(),
    SLOW_MS,
  );
const agentStarts = async (serial: string) => {
  const { lines } = await (await lab.client()).log(serial, 1000);
  return lines.filter((line) => line.includes('agent is ready')).length;
};

test('a flagship runs first and gets Python and the JVM then, over a broken cable too', {
  timeout: 2 * SLOW_MS,
}, async () => {
  await lab.json('phone', 'add', '--bare', '--profile', 'flagship');
  const running = await poll(() => seen.find(({ state }) => state === 'running'), {
    ...{ everyMs: 20, timeoutMs: 60_000, what: 'the news of it' },
  });
  expect(running.sandbox?.runtimes).toEqual(['native', 'go', 'nodejs', 'wasm']);
  expect((await phone('VP0001', 'fail-after', '30000000')).exitCode).toBe(0);
  await offers('VP0001', ['native', 'go', 'nodejs', 'wasm', 'jvm', 'python']);
  expect(new Set(seen.flatMap(({ pushing }) => pushing?.runtime ?? []))).toEqual(new Set(['python', 'jvm']));
  expect(await agentStarts('VP0001')).toBe(1);
  const csv = await lab.file('table.csv', 'a,b\n1,2\n3,4\n');
  const ran = await lab.json('run', 'org.abhaya.csvstats', '--input', `table=${csv}`, '--on', 'VP0001');
  expect(ran).toMatchObject({ exitCode: 0 });
});

test('a budget phone gets optional ones when its user wants them, and remembers that', {
  timeout: 2 * SLOW_MS,
}, async () => {
  await lab.json('phone', 'add', '--bare', '--profile', 'budget');
  const plain = await offers('VP0002', ['native', 'go', 'jvm']);
  expect(plain.sandbox?.lacks?.python).toContain('its user');
  expect((await phone('VP0002', 'optional-runtimes', 'on')).exitCode).toBe(0);
  const all = ['native', 'go', 'nodejs', 'wasm', 'jvm', 'python'];
  await offers('VP0002', all);
  expect(await agentStarts('VP0002')).toBe(1);
  await phone('VP0002', 'restart-agent');
  await expect.poll(() => agentStarts('VP0002'), { timeout: SLOW_MS }).toBe(2);
  await offers('VP0002', all);
  type Told = { phones: PhoneView[]; failed: { serial: string; error: { code: string } }[] };
  const told = (...args: string[]) => lab.json<Told>('phone', 'optional-runtimes', 'off', ...args);
  const some = await told('-s', 'VP0001', '-s', 'NOBODY');
  expect(some.exitCode).not.toBe(0);
  expect(some.failed).toMatchObject([{ serial: 'NOBODY', error: { code: 'not-found' } }]);
  const every = await told('--all');
  expect(every.exitCode).toBe(0);
  expect(every.phones.map(({ serial }) => serial)).toEqual(['VP0001', 'VP0002']);
  expect(every.phones[1]?.optionalBytes).toBeGreaterThan(1_000_000);
  await offers('VP0002', ['native', 'go', 'jvm']);
  expect((await told()).exitCode).toBe(2);
});

test('phones whose supervisor is killed say so, and when it is back', async () => {
  const before = seen.length;
  const views = (serial: string) => seen.slice(before).filter((view) => view.serial === serial);
  for (const line of await lab.processes())
    if (/\/java /.test(line)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  for (const [serial, runtimes] of [
    ['VP0001', ['native', 'go', 'nodejs', 'wasm', 'jvm', 'python']],
    ['VP0002', ['native', 'go', 'jvm']],
  ] as const) {
    await expect
      .poll(() => views(serial).map(({ sandbox }) => sandbox?.unavailable), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining('the sandbox died'));
    await offers(serial, [...runtimes]);
  }
});
