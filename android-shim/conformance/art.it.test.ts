// The jvm's ART flavour, as far as it goes without ART: a program in its place (art/stand-in.c) makes the calls that the
// launcher sees and keeps the protocol. That ART itself makes no others is not tested by this; a phone's canary tells.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildC, runtimeFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

const MIB = 1024 * 1024;
const SERVICE = 'PK... classes.dex ...';
let workspace: Workspace;
let built: string;
let launcher: LauncherTester;

/** Started where `./dalvikvm` is one of the stand-ins, with the variables of a phone and one that nobody shall see. */
const start = (kind: 'whole' | 'broken' | '', folder = runtimeFolder('art')): LauncherTester =>
  new LauncherTester('env', [
    ...['-C', join(built, kind), 'BOOTCLASSPATH=/x.jar', 'ANDROID_ROOT=/system'],
    ...[join(built, 'abhaya-launcher'), '--runtime', `jvm=${folder}`],
  ]);

beforeAll(async () => {
  workspace = await Workspace.open();
  built = join(await buildC('android-shim/conformance', {}, ['art']), 'art');
  launcher = start('whole');
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

async function run(code: string, input = 'input') {
  const made = await workspace.job('', input, { runtime: 'jvm' });
  const program = await workspace.file('service.jar', code);
  const report = await launcher.run({ ...made, program });
  return { report, output: String(await workspace.output(made)) };
}

test('it is offered as jvm when its canary passes', async () => {
  expect(await launcher.hello).toMatchObject({
    runtimes: expect.arrayContaining(['native', 'jvm']),
    lacks: {},
  });
});

describe('a service', () => {
  test('its code is read after the lock, from the pipe', async () => {
    const { report, output } = await run(SERVICE, 'some input');
    expect(report).toMatchObject({ reason: 'completed', bytesIn: 10, bytesOut: 10 });
    expect(output).toBe('some input');
    // The device's own root stays: the program and its libraries lie all over it.
    expect(report.layers).toEqual(expect.arrayContaining(['no-new-privs', 'seccomp', 'descriptors']));
    expect(report.layers).not.toContain('empty-root');
  });

  test('a jar without dex is told so', async () => {
    const { report } = await run('PK only classes');
    expect(report).toMatchObject({ reason: 'failed', exitCode: 1 });
    expect(report.message).toBe('the jar has no classes.dex, which ART needs');
  });

  test('a process waits for it, locked', async () => {
    const spare = launcher.warm(64 * MIB, 'jvm');
    await spare.ready;
    const made = await workspace.job('', 'warm', { runtime: 'jvm' });
    const program = await workspace.file('warm.jar', SERVICE);
    const { report } = launcher.start({ ...made, program }, spare.number);
    expect(await report).toMatchObject({ reason: 'completed', bytesOut: 4 });
    expect(launcher.children()).toEqual([]);
  });
});

describe('not offered, with the reason', () => {
  test('where there is no ART: what was looked for', async () => {
    const other = start('');
    const { runtimes, lacks } = await other.hello;
    expect(runtimes).not.toContain('jvm');
    expect(lacks.jvm).toBe('./no/dalvikvm: No such file or directory');
    expect(await other.close()).toBe(0);
  });

  test('where it makes a call that the table lacks: the call’s name', async () => {
    const other = start('broken');
    const { runtimes, lacks } = await other.hello;
    expect(runtimes).not.toContain('jvm');
    expect(lacks.jvm).toMatch(/^a harmless program can't be run: syscall-denied timerfd_create/);
    expect(await other.close()).toBe(0);
  });
});
