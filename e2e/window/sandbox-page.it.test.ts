// The sandbox lab as a person uses it: what is offered, what the filter allows, a measurement, two beside each other, an
// attack that is broken off, earlier ones, one's own program; by keyboard, in both themes.

import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { findProjectRoot } from '#lab/toolchain';
import { openWindow, type WindowTester } from './window.tester.ts';

const root = findProjectRoot(import.meta.dirname);
const abi = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';
const SLOW_MS = 120_000;
let tester: WindowTester;
beforeAll(async () => {
  tester = await openWindow({ args: ['--phones', '0'] });
  tester.page.setDefaultTimeout(SLOW_MS);
  await tester.goTo('sandbox');
});
afterAll(() => tester?.close());

const tab = (name: string) => tester.page.getByRole('tab', { name }).click();
const table = (name: string) => tester.page.getByRole('table', { name });

async function clean(): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await tester.page.evaluate((choice) => window.abhaya.call('settings.set', { theme: choice }), theme);
    expect({ theme, found: await tester.accessibility() }).toEqual({ theme, found: [] });
  }
}

test('what this machine offers, and what each filter allows, with reasons', async () => {
  const row = table('Runtimes by place').getByRole('row', { name: /This machine/ });
  await row.waitFor();
  expect(await row.getByText('Offered', { exact: true }).count()).toBeGreaterThanOrEqual(2);
  await table('Allowed calls')
    .getByRole('row', { name: /exit_group.*seen by the launcher/ })
    .waitFor();
  await tester.page.getByRole('button', { name: 'JavaScript' }).click();
  await table('Allowed calls')
    .getByRole('row', { name: /epoll_pwait/ })
    .waitFor();
  expect(await table('Allowed calls').getByRole('row').count()).toBeLessThanOrEqual(13);
  await clean();
});

test('a measurement is started by keyboard, followed, drawn and told', async () => {
  await tab('Measure');
  await tester.page.getByText('Nothing was measured yet').waitFor();
  const rounds = tester.page.getByLabel('Rounds');
  await rounds.fill('0');
  expect(await tester.page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
  await rounds.fill('1');
  await rounds.press('Enter');
  await tester.page.getByRole('progressbar', { name: 'Measured' }).first().waitFor();
  await tester.page.getByRole('button', { name: 'Start' }).waitFor();
  await tester.page.getByRole('img', { name: /^Starts, Native, medians: cold start/ }).waitFor();
  await table('Starts')
    .getByRole('row', { name: /fork\+exec dynamic/ })
    .waitFor();
  await table('What the sandbox costs')
    .getByRole('row', { name: /the filter alone/ })
    .first()
    .waitFor();
  await table('Other figures')
    .getByRole('row', { name: /Smallest memory that works/ })
    .first()
    .waitFor();
  await clean();
});

test('one that is cancelled says so; two are put beside each other', async () => {
  const { page } = tester;
  await page.getByLabel('Rounds').fill('500');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /Cancelled/ }).waitFor();
  const client = await tester.client();
  const { runId } = await client.sandbox.start({ places: ['local'], rounds: 1, parts: ['denial'] });
  const done = async () => ((await client.sandbox.run(runId)).run.state === 'done' ? true : undefined);
  await poll(done, { everyMs: 100, timeoutMs: SLOW_MS, what: 'the second measurement' });
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page
    .getByRole('button', { name: /^Compare with the run of/, disabled: false })
    .last()
    .click();
  await page.getByRole('heading', { name: 'Two measurements' }).waitFor();
  await page
    .getByText(/of ours|nothing in common/i)
    .first()
    .waitFor();
  await clean();
});

test('an attack runs and is broken off; nothing that got out is hidden', async () => {
  const { page } = tester;
  await tab('Attack');
  await page.getByText('Does it hold?').waitFor();
  await clean();
  await page.getByRole('button', { name: 'Attack', exact: true }).click();
  await page.getByRole('progressbar', { name: 'Attacked' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Attack', exact: true }).waitFor();
  expect((await (await tester.client()).sandbox.attack()).state).toBe('cancelled');
  await page.getByText('escaped', { exact: true }).waitFor();
  await page.getByRole('button', { name: /Cancelled/ }).waitFor();
  await clean();
});

/** One attempt, as no person would wait for all of them twice. */
async function attackOnce(): Promise<string> {
  const { sandbox } = await tester.client();
  const { runId = '' } = await sandbox.startAttack({ runtimes: ['native'], attacks: ['open-file'] });
  const done = async () => ((await sandbox.attack()).state === 'running' ? undefined : true);
  await poll(done, { everyMs: 50, timeoutMs: SLOW_MS, what: 'the end of an attack' });
  return runId;
}

test('earlier attacks are opened, put beside each other, and forgotten after a question', async () => {
  const { page } = tester;
  const [first, second] = [await attackOnce(), await attackOnce()];
  // The whole list is one stop of the Tab key.
  await page.getByRole('button', { name: /Held/ }).nth(0).press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('button', { name: /Held/ }).nth(1).getAttribute('aria-current')).toBe('true');
  await page.getByRole('heading', { name: 'Native: 1 attack' }).waitFor();
  await page.getByRole('button', { name: 'Show all' }).press('Enter');
  await table('Attacks on Native')
    .getByRole('row', { name: /open-file.*Denied/ })
    .waitFor();
  await page
    .getByRole('button', { name: /^Compare with the attack of/, disabled: false })
    .first()
    .press('Enter');
  await page.getByRole('heading', { name: 'Two attacks' }).waitFor();
  await page.getByText('The one attack ended the same way.').waitFor();
  await clean();
  await page.getByRole('button', { name: 'Forget this attack' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'Forget this attack?' });
  await question.waitFor();
  await clean();
  await question.getByRole('button', { name: 'Leave it' }).press('Enter');
  await question.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Forget this attack' }).press('Enter');
  await question.getByRole('button', { name: 'Forget it' }).press('Enter');
  await page.getByText('The attack is forgotten').waitFor();
  const { sandbox } = await tester.client();
  const left = (await sandbox.attacks()).map(({ runId }) => runId);
  expect([left.includes(first), left.includes(second)]).toEqual([false, true]);
});

const runIt = () => tester.page.getByRole('button', { name: 'Run it' });

test('one’s own program is dropped, told, run with an input, and its end explained', async () => {
  const { page } = tester;
  await tab('Try your own');
  await page.getByText('What would a phone make of it?').waitFor();
  await clean();
  await tester.drop('[aria-label="Program"] > div', [
    await tester.file('reverse.py', 'import sys\nfor line in sys.stdin:\n    print(line.strip()[::-1])\n'),
  ]);
  await page.getByText('As the file says: Python').waitFor();
  await page.getByRole('button', { name: 'Text', exact: true }).press('Enter');
  await page.getByLabel('Text for the input pipe').fill('abhaya');
  await page.getByLabel('Memory, MB').fill('0');
  await page.getByText('Memory is a whole number').waitFor();
  expect(await runIt().isDisabled()).toBe(true);
  await page.getByLabel('Memory, MB').fill('64');
  await page.getByLabel('Time, s').press('Enter');
  await page.getByText('The program ended by itself with success').waitFor();
  expect(await page.getByRole('region', { name: 'What it wrote' }).textContent()).toContain('ayahba');
  await clean();
});

test('a program that does what it may not is told so; one without an end is cancelled', async () => {
  const { page } = tester;
  const attempts = path.join(root, 'dist/conformance', abi, 'attempts');
  const program = page.getByRole('group', { name: 'Program' }).locator('input');
  await page.getByRole('button', { name: 'Remove reverse.py' }).press('Enter');
  await program.setInputFiles(attempts);
  await page.getByText('As the file says: Native').waitFor();
  await page.getByLabel('Text for the input pipe').fill('socket-inet');
  await runIt().press('Enter');
  await page.getByText('The program called socket, which the sandbox forbids').waitFor();
  await page.getByText(', which uses the network').waitFor();
  await clean();
  await page.getByRole('button', { name: 'Remove attempts' }).press('Enter');
  await program.setInputFiles('/bin/sh');
  await page.getByText('As the file says: Native').waitFor();
  await runIt().click();
  await page.getByText('Link it statically').waitFor();
  await page.getByRole('button', { name: 'Remove sh' }).press('Enter');
  await program.setInputFiles(await tester.file('spin.py', 'while True: pass\n'));
  await runIt().click();
  await page.getByRole('progressbar', { name: 'Running' }).waitFor();
  await clean();
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await page.getByText('It was cancelled after').waitFor();
  expect((await (await tester.client()).sandbox.try()).state).toBe('cancelled');
});

test('the page had nothing to complain of', () => {
  expect(tester.complaints).toEqual([]);
});
