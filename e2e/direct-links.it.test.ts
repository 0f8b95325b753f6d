// Links that the phones carry themselves: made by command, alive without cables, closed to strangers.

import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateIdentity } from '#agent/identity';
import { createMeshNode } from '#agent/mesh';
import { poll } from '#base';
import type { LabEvent, LinkView, ServiceView } from '#schemas';
import { createLabTester, type LabTester } from './lab.tester.ts';

const [first, middle, last] = ['VP0001', 'VP0002', 'VP0003'] as const;
const near = `${first}.${middle}`;
const far = `${middle}.${last}`;

interface RunDocument {
  state: string;
  device: string;
  hops: number;
  outputs: { value?: unknown }[];
  error?: unknown;
}

describe('a chain of three phones that link themselves', () => {
  let lab: LabTester;
  beforeAll(async () => {
    lab = await createLabTester();
    const up = await lab.json('up', '--phones', '3', '--topology', 'chain', '--direct', '--detach');
    expect(up).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => lab.close());

  const links = async (): Promise<Map<string, LinkView>> =>
    new Map((await (await lab.client()).mesh()).links.map((link) => [link.linkId, link]));
  const linkWhen = (linkId: string, holds: (link: LinkView) => boolean, timeoutMs = 60_000) =>
    poll(
      async () => {
        const link = (await links()).get(linkId);
        return link && holds(link) ? link : undefined;
      },
      { everyMs: 50, timeoutMs, what: `link ${linkId}` },
    );
  const isUp = ({ kind, state }: LinkView): boolean => kind === 'direct' && state === 'up';
  const count = async (
    words: string,
    { from = first as string, on }: { from?: string; on?: string } = {},
  ) => {
    const file = await lab.file(`${words.length}.txt`, words);
    const input = ['--input', `text=${file}`, '--from', from, ...(on ? ['--on', on] : [])];
    return lab.json<RunDocument>('run', 'org.abhaya.wordcount', ...input);
  };

  test('a task crosses two of them, and the package that it fetched is told of', async () => {
    const services: ServiceView[] = [];
    const stream = await (await lab.client()).events((event: LabEvent) => {
      if (event.event === 'service') services.push(event.service);
    });
    // The samples are on the phone that was attached first: another one has to fetch them.
    const [sample] = await (await lab.client()).services();
    const [from, on] = sample?.phones[0]?.serial === last ? [last, first] : [first, last];
    const run = await count('one two three\n', { from, on });
    expect(run.error).toBeUndefined();
    expect(run).toMatchObject({ state: 'acknowledged', device: on, hops: 2 });
    expect(run.outputs[0]?.value).toMatchObject({ words: 3 });
    await linkWhen(far, isUp);
    const service = await poll(
      () => services.find(({ phones }) => phones.some(({ serial }) => serial === on)),
      { everyMs: 20, timeoutMs: 10_000, what: 'the news of the fetched package' },
    );
    expect(service.packageId).toBe('org.abhaya.wordcount');
    stream.close();
    const { address } = await linkWhen(
      near,
      (link) => isUp(link) && link.bytesAtoB > 0 && link.bytesBtoA > 0,
    );
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await lab.cli('links')).stdout).toContain(address);
  });

  test('asking for the other kind replaces the link; a direct one takes no shape', async () => {
    const refused = await lab.json<{ error: { code: string } }>(
      'links',
      'add',
      first,
      middle,
      '--direct',
      '--delay',
      '9',
    );
    expect([refused.exitCode, refused.error.code]).toEqual([2, 'input.invalid']);
    expect((await links()).get(near)?.kind).toBe('direct');
    expect(await lab.json('links', 'add', middle, first, '--delay', '1')).toMatchObject({
      linkId: near,
      kind: 'bridged',
      shape: { delayMs: 1 },
    });
    await linkWhen(near, ({ kind, state }) => kind === 'bridged' && state === 'up');
    await lab.meshReady();
    expect(await lab.json('links', 'add', first, middle, '--direct')).toMatchObject({ kind: 'direct' });
    await linkWhen(near, isUp);
    expect((await links()).size).toBe(2);
    await lab.meshReady();
  });

  test('an agent that is killed gets both its links back, the dialled and the accepted one', async () => {
    const client = await lab.client();
    const seen: string[] = [];
    const stream = await client.events((event) => {
      if (event.event === 'link') seen.push(`${event.link.linkId} ${event.link.state}`);
    });
    await client.command(middle, { action: 'kill-agent' });
    await poll(() => (seen.includes(`${near} down`) && seen.includes(`${far} down`) ? true : undefined), {
      everyMs: 50,
      timeoutMs: 30_000,
      what: 'both links to be told as down',
    });
    await linkWhen(near, isUp);
    await linkWhen(far, isUp);
    stream.close();
    await lab.meshReady();
    expect(await count('back again\n', { on: last })).toMatchObject({ state: 'acknowledged', hops: 2 });
  });

  test('pulled cables leave the links alone: a task still runs on a phone without one', async () => {
    const client = await lab.client();
    for (const serial of [middle, last]) {
      await client.command(serial, { action: 'unplug' });
      await lab.phoneWhen(serial, ({ state }) => state === 'unplugged');
    }
    expect(await linkWhen(far, ({ state }) => state === 'unknown')).toMatchObject({
      problem: { code: 'device.offline' },
    });
    expect((await links()).get(near)).toMatchObject({ state: 'up' });
    const run = await count('no cable at all\n');
    expect(run.error).toBeUndefined();
    // The one that asks runs nothing itself while others offer.
    expect([middle, last]).toContain(run.device);
    expect(run).toMatchObject({ state: 'acknowledged', outputs: [{ value: { words: 4 } }] });
    for (const serial of [middle, last]) await client.command(serial, { action: 'plug-in' });
    await linkWhen(far, isUp);
    await lab.meshReady();
  });

  test('another node that sits at the address of a phone is refused', async () => {
    const client = await lab.client();
    const { address = '' } = await linkWhen(far, isUp);
    await client.command(last, { action: 'unplug' });
    await lab.phoneWhen(last, ({ state }) => state === 'unplugged');
    process.kill(await agentPid(last), 'SIGKILL');
    await linkWhen(far, ({ state }) => state === 'down');
    const impostor = await createMeshNode({ identity: generateIdentity(), allow: () => true });
    try {
      await impostor.listen({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
      expect(await linkWhen(far, ({ problem }) => problem?.code === 'wire.forged')).toMatchObject({
        state: 'down',
      });
      expect(impostor.stats().links).toEqual([]);
    } finally {
      await impostor.close();
    }
    await client.command(last, { action: 'plug-in' });
    await linkWhen(far, isUp);
    await lab.meshReady();
  });
});

/** The agent of a virtual phone, seen from outside. */
async function agentPid(serial: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    if (!(await read('cmdline')).includes('agent.mjs')) continue;
    if ((await read('mountinfo')).includes(`phones/${serial}`)) return Number(pid);
  }
  throw new Error(`no agent of ${serial}`);
}
