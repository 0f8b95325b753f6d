// A phone with another processor: the arm64 machine, attached by address like any phone on Wi-Fi, counts words for a virtual
// phone of this machine.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackedRuntimes } from '#agent/sandbox';
import { findMachineFiles, type PhoneMachine, startPhoneMachine } from '#lab/arm64-machine';
import { loadToolchain } from '#lab/toolchain';
import type { PhoneView } from '#schemas';
import { openPhoneBench, type PhoneBench } from '../lab/virtual-phone/testing/phone-bench.ts';
import { createLabTester, type LabTester } from './lab.tester.ts';

const SLOW = { timeout: 300_000 };
let bench: PhoneBench;
let machine: PhoneMachine;
let lab: LabTester;
let arm: PhoneView;
beforeAll(async () => {
  const toolchain = loadToolchain();
  // The bench's adb server stands in for the user's.
  bench = await openPhoneBench();
  machine = await startPhoneMachine({ files: findMachineFiles(toolchain), dist: toolchain.dist });
  lab = await createLabTester({ ANDROID_ADB_SERVER_PORT: String(bench.server.port) });
  expect((await lab.json('up', '--phones', '1', '--profile', 'budget', '--detach')).exitCode).toBe(0);
}, 300_000);
afterAll(async () => {
  await lab?.close();
  await machine?.close();
  await bench?.close();
});

test('it is attached like a phone, and can sandbox', SLOW, async () => {
  const { address } = machine;
  expect(await lab.json('connect', address)).toMatchObject({ exitCode: 0, adbSerial: address, kind: 'wifi' });
  arm = await lab.json<PhoneView>('attach', '-s', address);
  expect(arm).toMatchObject({ state: 'running', serial: machine.serial });
  // Others come while the agent runs.
  const expected = attackedRuntimes['arm64-v8a']?.toSorted().join();
  arm = await lab.phoneWhen(
    arm.serial,
    ({ sandbox }) => sandbox?.runtimes.toSorted().join() === expected,
    240_000,
  );
});

interface Run {
  readonly state: string;
  readonly outputs: readonly { readonly path: string }[];
  readonly report?: { readonly reason: string };
  readonly error?: unknown;
}

test.each<[string, string, string, string, RegExp]>([
  ['a native service', 'wordcount', 'text', 'one two\nthree\n', /"lines":2,"words":3,"bytes":14,/],
  ['a service in Python', 'csvstats', 'table', 'name,height\nAsha,1.5\nBela,2.5\n', /"mean": ?2/],
  [
    ...(['a service in Kotlin', 'logreport', 'log'] as const),
    '10.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET /index.html HTTP/1.1" 200 512\n',
    /"requests": ?1\b/,
  ],
])('%s that another phone asks for runs there', SLOW, async (_what, name, input, content, wanted) => {
  const [other] = (await lab.phones()).filter(({ serial }) => serial !== arm.serial);
  const from = other?.serial ?? '';
  await lab.json('links', 'add', from, arm.serial); // the second time it is there already
  // Else nobody may be there to offer: an emulated phone takes its time to link.
  await lab.meshReady(120_000);
  const done = await lab.json<Run>(
    ...['run', `org.abhaya.${name}`, '--input', `${input}=${await lab.file(`${name}.txt`, content)}`],
    ...['--from', from, '--on', arm.serial, '--timeout', '120'],
  );
  expect(done.error).toBeUndefined();
  expect(done).toMatchObject({ state: 'acknowledged', report: { reason: 'completed' } });
  expect(await readFile(done.outputs[0]?.path ?? '', 'utf8')).toMatch(wanted);
});
