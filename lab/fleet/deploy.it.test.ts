// Folders that break off on their way: what is on the phone already isn't pushed again, and a damaged part is.

import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeviceTransport } from '#lab/adb';
import { openPhoneBench, type PhoneBench } from '../virtual-phone/testing/phone-bench.ts';
import { pushFolder } from './deploy.ts';
import type { PayloadFolder } from './payload.ts';

const ROOM = '/data/local/tmp/abhaya/jvm';
let bench: PhoneBench;
let transport: DeviceTransport;
let folder: PayloadFolder;
beforeAll(async () => {
  bench = await openPhoneBench();
  const phone = await bench.phone();
  await bench.server.connect(phone.adbAddress);
  transport = await bench.server.open(phone.adbAddress);
  const files = await Promise.all(
    ['bin/program', 'lib/one', 'lib/two'].map(async (path, n) => {
      const content = randomBytes(200_000 + n);
      const local = join(bench.dir, `source${n}`);
      await writeFile(local, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { path, local, mode: 0o600, bytes: content.length, sha256 };
    }),
  );
  folder = { hash: '0123456789abcdef', files };
});
afterAll(async () => {
  await transport.close();
  await bench.close();
});

const shell = async (command: string): Promise<string> => (await transport.shell(command)).stdout.trim();
/** The same phone; which files were pushed to it, and something that happens in front of the n-th. */
function watched(before: Record<number, () => void> = {}) {
  const pushed: string[] = [];
  const push: DeviceTransport['push'] = (source, remotePath, options) => {
    before[pushed.length]?.();
    pushed.push(remotePath.split('/').at(-1) ?? '');
    return transport.push(source, remotePath, options);
  };
  return { pushed, transport: { ...transport, push } };
}

test('a push that was broken off goes on, a part that was damaged is pushed anew', async () => {
  const stop = new AbortController();
  const first = watched({ 2: () => stop.abort() });
  const options = { signal: stop.signal, onSent: () => undefined };
  await expect(pushFolder(first.transport, 'jvm', folder, options)).rejects.toThrow();
  expect(await shell(`ls ${ROOM}`)).toBe('');
  await shell(`printf x >> ${ROOM}/.push-${folder.hash}/lib/one`);

  const second = watched();
  const sent: number[] = [];
  const { signal } = new AbortController();
  await pushFolder(second.transport, 'jvm', folder, { signal, onSent: (bytes) => sent.push(bytes) });
  expect(second.pushed).toEqual(['one', 'two']);
  expect(sent.at(-1)).toBe(600_003);
  expect(sent).toEqual([...sent].sort((a, b) => a - b));
  expect(await shell(`ls -A ${ROOM}`)).toBe(folder.hash);
  expect(await shell(`cd ${ROOM}/${folder.hash} && ls -A && sha256sum lib/two | cut -c1-64`)).toBe(
    `.complete\nbin\nlib\n${folder.files[2]?.sha256}`,
  );
});

test('a phone that refuses gets its room back', async () => {
  const wrong = { ...folder, hash: 'fedcba9876543210' };
  const [one, ...rest] = folder.files;
  const files = [{ ...(one as PayloadFolder['files'][0]), sha256: '0'.repeat(64) }, ...rest];
  const { signal } = new AbortController();
  await expect(
    pushFolder(transport, 'jvm', { ...wrong, files }, { signal, onSent: () => undefined }),
  ).rejects.toMatchObject({ code: 'agent.push-failed' });
  expect(await shell(`ls -A ${ROOM}`)).toBe(folder.hash);
});
