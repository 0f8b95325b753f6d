// The sandbox lab as a person uses it: what is offered, what the filter allows, a measurement, two beside each other, an
// attack that is broken off; by keyboard, in both themes.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { openWindow, type WindowTester } from './window.tester.ts';

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
  await page.getByRole('button', { name: 'Attack', exact: true }).click();
  await page.getByRole('progressbar', { name: 'Attacked' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Attack', exact: true }).waitFor();
  expect((await (await tester.client()).sandbox.attack()).state).toBe('cancelled');
  await page.getByText('escaped').waitFor();
  await clean();
});

test('the page had nothing to complain of', () => {
  expect(tester.complaints).toEqual([]);
});
