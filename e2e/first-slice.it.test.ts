// From one command to a result that crossed the mesh, on real parts: what issue and README promise, as users do it.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '#base';
import type { PhoneView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';
import type { RunDocument } from './run-service.tester.ts';
import { writeSlowPackage } from './slow-service.tester.ts';

/** What the real wc of this machine counts. */
function wc(file: string): { lines: number; words: number; bytes: number } {
  const [lines = 0, words = 0, bytes = 0] = execFileSync('wc', ['-lwc', file], {
    env: { ...process.env, LC_ALL: 'C' },
  })
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number);
  return { lines, words, bytes };
}

const manifestHash = (service: { manifestSha256: string } | undefined) => service?.manifestSha256 ?? '';

describe('a chain of five phones', () => {
  let lab: LabTester;
  let phones: PhoneView[];
  beforeAll(async () => {
    lab = await createLabTester();
    // Four that can't run what the fifth can, so that the way is as long as it gets.
    const up = await lab.json<{ apiUrl: string; adbPort: number; phones: PhoneView[] }>(
      'up',
      '--phones',
      '4',
      '--topology',
      'chain',
      '--profile',
      'budget',
      '--detach',
    );
    expect(up).toMatchObject({ exitCode: 0, apiUrl: expect.stringContaining('http://127.0.0.1:') });
    const client = await lab.client();
    const [last] = await client.addPhones({ count: 1, profile: 'flagship' });
    await lab.phoneWhen(last?.serial ?? '', ({ state }) => state === 'running');
    phones = await client.phones();
    await lab.meshReady();
  });
  afterAll(() => lab.close());

  test('lists the same phones to adb, CLI and API', async () => {
    const listed = JSON.parse((await lab.cli('devices', '--json')).stdout) as PhoneView[];
    expect(listed.map(({ serial }) => serial)).toEqual(phones.map(({ serial }) => serial));
    expect(listed.every(({ state, kind, abi }) => state === 'running' && kind === 'virtual' && abi)).toBe(
      true,
    );
    expect(listed.every(({ sandbox }) => sandbox?.runtimes.includes('native'))).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['text without a last newline', 'one two\nthree'],
    ['binary', randomBytes(300_000)],
    [
      'odd encodings',
      Buffer.concat([
        Buffer.from('sch\xf6n gr\xfc\xdfe \xa0 x\n', 'latin1'),
        Buffer.from('日本語 テスト\n', 'utf16le'),
      ]),
    ],
  ])('%s: wordcount crosses four hops and gives what wc gives', async (name, content) => {
    const file = await lab.file(`${name}.bin`, content);
    const [first, last] = [phones[0]?.serial ?? '', phones.at(-1)?.serial ?? ''];
    const run = await lab.json<RunDocument>(
      'run',
      'org.abhaya.wordcount',
      '--input',
      `text=${file}`,
      '--from',
      first,
      '--on',
      last,
    );
    expect(run.error).toBeUndefined();
    expect(run).toMatchObject({ exitCode: 0, state: 'acknowledged', device: last, hops: 4, attempts: 1 });
    expect(run.report).toMatchObject({
      reason: 'completed',
      layers: expect.arrayContaining(['seccomp', 'rlimits']),
    });
    const [output] = run.outputs;
    expect(output?.value).toMatchObject(wc(file));
    expect(JSON.parse(await readFile(output?.path ?? '', 'utf8'))).toEqual(output?.value);
    expect(run.timeline.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['queued', 'offering', 'starting', 'running', 'delivering', 'acknowledged']),
    );
  });

  test('a form can be made of what the API says of a service, and it can be taken off one phone', async () => {
    const client = await lab.client();
    const wordcount = (await client.services()).find(({ packageId }) => packageId === 'org.abhaya.wordcount');
    const { manifest, about, trusted, others } = await client.service(manifestHash(wordcount));
    const holding = wordcount?.phones.length ?? 0;
    expect(others.map(({ verdict }) => verdict)).toEqual(Array(phones.length - holding).fill('ok'));
    expect(manifest.inputs.map(({ name }) => name)).toEqual(['text']);
    expect(manifest.outputs[0]?.schema).toMatchObject({ type: 'object' });
    expect(about).toMatchObject({ serviceType: 'TEXT_PROCESSING', runtimes: ['native'], maxMemoryMB: 64 });
    expect(trusted).toBe(true);
    // The run before this one has brought it to the far end.
    const far = phones.at(-1)?.serial ?? '';
    const holders = async () =>
      (await client.service(manifestHash(wordcount))).phones.map(({ serial }) => serial);
    expect(await holders()).toContain(far);
    await client.removeService(manifestHash(wordcount), far);
    expect(await holders()).not.toContain(far);
    await expect(client.removeService(manifestHash(wordcount), far)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('a receipt is signed by both ends, and the task says where its package came from', async () => {
    const [from, far] = [phones[0]?.serial ?? '', phones.at(-1)?.serial ?? ''];
    const file = await lab.file('receipt.txt', 'signed by both');
    const ran = await lab.json<RunDocument>(
      ...['run', 'org.abhaya.wordcount', '--input', `text=${file}`, '--from', from, '--on', far],
    );
    expect(ran.state).toBe('acknowledged');
    const client = await lab.client();
    expect(await client.receipt(ran.taskId)).toMatchObject({
      executorValid: true,
      requesterValid: true,
      executorPhone: far,
      requesterPhone: from,
      body: { taskId: ran.taskId },
    });
    const task = await client.task(ran.taskId);
    // It was taken off there just before.
    expect(phones.map(({ serial }) => serial)).toContain(task.source);
    expect(task.timeline.find(({ state }) => state === 'starting')?.device).toBe(far);
    expect(task.offers[0]?.device).toBe(far);
  });

  test('no relay can read what passes: captures of all three hold neither inputs nor results', async () => {
    const client = await lab.client();
    const marker = 'the-secret-word-of-this-test';
    const file = await lab.file('secret.txt', `${`${marker} `.repeat(20_000)}\n`);
    const relays = phones.slice(1, 4).map(({ serial }) => serial);
    await Promise.all(relays.map((serial) => client.startCapture(serial)));
    const [first, last] = [phones[0]?.serial ?? '', phones.at(-1)?.serial ?? ''];
    const run = await lab.json<RunDocument>(
      'run',
      'org.abhaya.wordcount',
      '--input',
      `text=${file}`,
      '--from',
      first,
      '--on',
      last,
    );
    expect(run.outputs[0]?.value).toMatchObject({ words: 20_000, top: [{ word: marker, count: 20_000 }] });
    const inputBytes = (marker.length + 1) * 20_000;
    for (const serial of relays) {
      const { bytes, left } = await client.stopCapture(serial);
      // The input went through this relay; nothing was left out of the capture.
      expect(bytes).toBeGreaterThan(inputBytes);
      expect(left).toBe(0);
      const capture = path.join(lab.home, `capture-${serial}`);
      await client.saveCapture(serial, capture);
      const seen = await readFile(capture);
      expect(seen.length).toBe(bytes);
      for (const secret of [marker, '"words"', '20000']) expect(seen.includes(secret)).toBe(false);
    }
  });

  test('the only capable phone is found by itself, at the far end', async () => {
    const { file } = await writeSlowPackage(lab.home);
    await lab.cli('services', 'install', file, '-s', phones[0]?.serial ?? '');
    const run = await lab.json<RunDocument>(
      'run',
      'org.example.slow',
      '--input',
      'rounds=1',
      '--from',
      phones[0]?.serial ?? '',
    );
    expect(run).toMatchObject({ exitCode: 0, state: 'acknowledged', device: phones.at(-1)?.serial, hops: 4 });
  });

  test('a cut in the middle heals by itself, and tasks go through again', async () => {
    const middle = phones[2]?.serial ?? '';
    const client = await lab.client();
    await client.command(middle, { action: 'unplug' });
    await lab.phoneWhen(middle, ({ state }) => state === 'unplugged');
    await client.command(middle, { action: 'plug-in' });
    await lab.phoneWhen(middle, ({ state }) => state === 'running');
    await lab.meshReady();
    const file = await lab.file('after.txt', 'after the cut\n');
    const run = await lab.json<RunDocument>(
      'run',
      'org.abhaya.wordcount',
      '--input',
      `text=${file}`,
      '--from',
      phones[0]?.serial ?? '',
      '--on',
      phones.at(-1)?.serial ?? '',
    );
    expect(run).toMatchObject({ exitCode: 0, state: 'acknowledged', hops: 4 });
  });

  test.each([
    ['an unknown service', ['run', 'org.example.nothing', '--input', 'a=1'], 3, 'not-found'],
    ['a missing input', ['run', 'org.abhaya.wordcount'], 2, 'task.input-invalid'],
    ['an unknown input', ['run', 'org.abhaya.wordcount', '--input', 'txt=1'], 2, 'task.input-invalid'],
    [
      'an unknown phone',
      ['run', 'org.abhaya.wordcount', '--input', 'text=x', '--on', 'VP9999'],
      3,
      'not-found',
    ],
    ['an input without a name', ['run', 'org.abhaya.wordcount', '--input', '=x'], 2, 'input.invalid'],
    ['a package that is none', ['services', 'install', 'package.json'], 40, 'package.malformed'],
    ['an option that is none', ['up', '--colour', 'red'], 2, 'input.invalid'],
    ['a second lab host', ['up', '--phones', '1', '--detach'], 4, 'host.already-running'],
  ])('%s is refused with its code and exit code', async (_name, args, exitCode, code) => {
    const before = (await (await lab.client()).tasks()).length;
    const answer = await lab.json<{ error: { code: string } }>(...args);
    expect([answer.exitCode, answer.error.code]).toEqual([exitCode, code]);
    expect(await (await lab.client()).tasks()).toHaveLength(before);
  });

  test('a phone that forgets this computer is unauthorized until its owner allows it again', async () => {
    const client = await lab.client();
    const serial = phones[4]?.serial ?? '';
    await client.command(serial, { action: 'deny-auth' });
    await lab.phoneWhen(serial, ({ state }) => state === 'unauthorized');
    await client.command(serial, { action: 'allow-auth' });
    await lab.phoneWhen(serial, ({ state }) => state === 'running');
  });

  test('links can be shaped, cut and made again, and the routes follow', async () => {
    const [a, b, c] = [phones[0]?.serial ?? '', phones[1]?.serial ?? '', phones[2]?.serial ?? ''];
    const added = await lab.json<{ linkId: string }>('links', 'add', a, c, '--delay', '20');
    expect(added).toMatchObject({ exitCode: 0, shape: { delayMs: 20 } });
    const routeTo = async (to: string) => {
      const { topologies } = await (await lab.client()).mesh();
      const nodeId = phones.find(({ serial }) => serial === to)?.nodeId;
      return topologies[a]?.nodes.find((node) => node.nodeId === nodeId);
    };
    const until = (hops: number) =>
      poll(async () => ((await routeTo(c))?.hops === hops ? true : undefined), {
        everyMs: 100,
        timeoutMs: 30_000,
        what: `a route of ${hops} hops`,
      });
    await lab.cli('links', 'remove', `${a}.${b}`);
    await until(1);
    await lab.cli('links', 'add', a, b);
    await lab.cli('links', 'remove', added.linkId);
    await until(2);
    expect(await lab.json('links', 'remove', 'nothing')).toMatchObject({
      exitCode: 3,
      error: { code: 'not-found' },
    });
    await lab.meshReady();
  });

  test('logs of a phone can be read, and its tasks listed', async () => {
    const logs = await lab.json<{ serial: string; lines: string[] }>('logs', '-s', phones[0]?.serial ?? '');
    expect(logs.lines.some((line) => line.includes('agent is ready'))).toBe(true);
    const tasks = JSON.parse((await lab.cli('tasks', '--json')).stdout) as { state: string }[];
    expect(tasks.length).toBeGreaterThan(4);
  });
});
