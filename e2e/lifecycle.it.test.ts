// Nothing is left behind, however it ends.

import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poll } from '#base';
import { createLabTester, type LabTester } from './lab.tester.ts';

let lab: LabTester;
beforeEach(async () => {
  lab = await createLabTester();
});
afterEach(() => lab.close());

const noProcesses = () =>
  poll(async () => ((await lab.processes()).length === 0 ? true : undefined), {
    everyMs: 100,
    timeoutMs: 30_000,
    what: 'the end of all processes',
  });

test('where namespaces are refused, phones are plain folders, and services run all the same', async () => {
  const plain = await createLabTester({ ABHAYA_ISOLATION: 'plain' });
  try {
    const up = await plain.json<{ phones: { profile: string }[] }>('up', '--phones', '2', '--detach');
    expect(up.exitCode).toBe(0);
    // What the phone is, not what this machine is.
    expect(up.phones.map(({ profile }) => profile)).toEqual(['flagship', 'mid-range']);
    const file = await plain.file('a b.txt', 'one two\n');
    const run = await plain.json<{
      state: string;
      outputs: { value: unknown }[];
      report: { layers: string[] };
    }>('run', 'org.abhaya.wordcount', '--input', `text=${file}`, '--from', 'VP0001', '--on', 'VP0002');
    expect(run).toMatchObject({
      state: 'acknowledged',
      outputs: [{ value: { lines: 1, words: 2, bytes: 8 } }],
    });
    expect(run.report.layers).toContain('seccomp');
  } finally {
    await plain.close();
  }
});

describe('a lab host', () => {
  test('in the foreground ends in order with Ctrl-C', async () => {
    const up = lab.start('up', '--phones', '2');
    let said = '';
    up.stdout?.on('data', (chunk) => {
      said += String(chunk);
    });
    await poll(() => (said.includes('mesh ready') ? true : undefined), {
      everyMs: 50,
      timeoutMs: 90_000,
      what: 'the mesh',
    });
    expect((await lab.processes()).length).toBeGreaterThan(4);
    up.kill('SIGINT');
    const [code] = await once(up, 'exit');
    expect(code).toBe(0);
    expect(await lab.processes()).toEqual([]);
    expect(await readdir(lab.home)).not.toContain('run');
    expect(await readdir(lab.home)).not.toContain('host.json');
  });

  test('ends when the command that holds its leash is killed', async () => {
    const up = lab.start('up', '--phones', '2');
    await poll(async () => ((await lab.hostPid()) ? true : undefined), {
      everyMs: 50,
      timeoutMs: 30_000,
      what: 'the host',
    });
    up.kill('SIGKILL');
    await noProcesses();
  });

  test('that is killed takes its phones along, and the next one cleans up and works', async () => {
    const first = await lab.json<{ phones: unknown[] }>('up', '--phones', '2', '--detach');
    expect([first.exitCode, first.phones.length]).toEqual([0, 2]);
    process.kill(await lab.hostPid(), 'SIGKILL');
    await noProcesses();
    expect((await lab.cli('devices')).exitCode).toBe(11);
    const second = await lab.json<{ phones: { serial: string }[] }>('up', '--phones', '1', '--detach');
    expect([second.exitCode, second.phones.length]).toEqual([0, 1]);
    const phoneFolders = await readdir(path.join(lab.home, 'run', 'phones'));
    expect(phoneFolders).toEqual(second.phones.map(({ serial }) => serial));
  });

  test('restarts its adb server and a phone’s agent when they are killed', async () => {
    await lab.json('up', '--phones', '2', '--detach');
    // A loss may be mended before anybody asks for it.
    let lost = false;
    const stream = await (await lab.client()).events((event) => {
      if (event.event === 'phone' && event.phone.state !== 'running') lost = true;
    });
    const adb = (await lab.processes()).find((line) => / server nodaemon/.test(line));
    process.kill(Number(adb?.split(' ')[0]), 'SIGKILL');
    await poll(() => lost || undefined, { everyMs: 20, timeoutMs: 30_000, what: 'the loss' });
    stream.close();
    await lab.phoneWhen('VP0001', ({ state }) => state === 'running');
    await lab.phoneWhen('VP0002', ({ state }) => state === 'running');
  });

  test('keeps its token to its owner', async () => {
    await lab.json('up', '--phones', '0', '--detach');
    for (const name of ['token', 'host.json']) {
      expect((await stat(path.join(lab.home, name))).mode & 0o077).toBe(0);
    }
    const down = await lab.json<{ stopped: boolean; clean: boolean }>('down');
    expect(down).toMatchObject({ exitCode: 0, stopped: true, clean: true });
    expect(await lab.json('down')).toMatchObject({ exitCode: 0, stopped: false });
  });
});
