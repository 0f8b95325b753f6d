// Our client against the recorded answers of real adb servers of two versions (captures/SOURCES.md).

import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poll, Scope, silentLogger, systemClock, systemRandom } from '#base';
import { openAdbServer } from './adb-server.ts';
import type { AdbDevice, AdbServer } from './port.ts';
import { readReplies, startReplayServer } from './replay-server.tester.ts';

const folder = new URL('captures/', import.meta.url);
const versions = ['adb-29.0.6.replies.txt', 'adb-34.0.5.replies.txt'];
const phone: AdbDevice = { adbSerial: '127.0.0.1:45217', state: 'device', kind: 'wifi' };

test('every capture is read by a test', () => {
  expect(readdirSync(folder).sort()).toEqual(['SOURCES.md', ...versions].sort());
});

describe.each(versions)('%s', (version) => {
  const recorded = readReplies(new URL(version, folder));
  const used = new Set<string>();
  let scope: Scope;
  beforeEach(() => {
    scope = new Scope('adb replies');
  });
  afterEach(() => scope.close());
  const play = (name: string): string => {
    used.add(name);
    return recorded.get(name) ?? '';
  };

  /** A client of a server that answers `request` as recorded under `name` and lists phones as recorded under `list`. */
  async function client(list: string, request = '', name = request): Promise<AdbServer> {
    const replies = new Map(request ? [[request, play(name)]] : []);
    const replay = await startReplayServer(replies, play(list));
    scope.add(() => replay.close());
    scope.add(() => expect(replay.unanswered).toEqual([]));
    const server = openAdbServer({
      port: replay.port,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    });
    scope.add(() => server.close());
    await poll(() => server.devices().length > 0 || undefined, {
      everyMs: 10,
      timeoutMs: 10_000,
      what: 'the list',
    });
    return server;
  }

  test.each<[string, AdbDevice[]]>([
    ['host:devices', [phone]],
    [
      'host:devices with a silent phone',
      [{ adbSerial: '127.0.0.1:25999', state: 'offline', kind: 'wifi' }, phone],
    ],
    [
      'host:devices with an unauthorized phone',
      [{ adbSerial: '127.0.0.1:41763', state: 'unauthorized', kind: 'wifi' }],
    ],
  ])('%s', async (list, devices) => {
    expect((await client(list)).devices()).toEqual(devices);
  });

  test.each([
    ['a phone that answers', phone.adbSerial, 'host:devices', ''],
    ['a phone that is there already', phone.adbSerial, 'host:devices', ' again'],
    ['a phone whose user must still agree', '127.0.0.1:41763', 'host:devices with an unauthorized phone', ''],
  ])('%s is connected', async (_name, target, list, note) => {
    const request = `host:connect:${target}`;
    const server = await client(list, request, `${request}${note}`);
    await expect(server.connect(target)).resolves.toBeUndefined();
  });

  test.each([
    ['a closed port', '127.0.0.1:1', 'Connection refused'],
    ['an unknown name', 'no-such-host.invalid:5555', 'not known'],
    ['a port that never speaks', '127.0.0.1:25999', 'failed to connect'],
  ])('%s is offline, in words of adb', async (_name, target, words) => {
    const server = await client('host:devices', `host:connect:${target}`);
    await expect(server.connect(target)).rejects.toMatchObject({
      code: 'device.offline',
      message: expect.stringContaining(words),
    });
  });

  test.each(['a phone that is there:127.0.0.1:45217', 'a phone that adb does not know:127.0.0.1:6'])(
    '%s is disconnected',
    async (name) => {
      const target = name.slice(name.indexOf(':') + 1);
      const server = await client('host:devices', `host:disconnect:${target}`);
      await expect(server.disconnect(target)).resolves.toBeUndefined();
    },
  );

  test('every recorded answer was played', () => {
    expect([...used].sort()).toEqual([...recorded.keys()].sort());
  });
});
