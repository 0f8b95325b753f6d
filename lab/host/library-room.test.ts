import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AbhayaError, silentLogger } from '#base';
import type { AgentClient, Fleet, PhoneSession } from '#lab/fleet';
import type { LibraryItem } from '#schemas';
import { createLibraryRoom } from './library-room.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'abhaya-library-'));
  file = path.join(dir, 'a.meshsvc');
  await writeFile(file, 'a package');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const item: LibraryItem = {
  author: `${'a'.repeat(56)}.onion`,
  packageId: 'org.example.a',
  version: '1.0.0',
  manifestSha256: '1'.repeat(64),
  packageSha256: '2'.repeat(64),
  serviceName: 'A',
  description: '',
  packedBytes: 9,
  signed: true,
  verdict: 'ok',
  reasons: [],
} as LibraryItem;

/** A phone that takes packages, or fails at one of the calls. */
function phone(serial: string, failing: Readonly<Record<string, AbhayaError>> = {}) {
  const library: LibraryItem[] = [];
  const trusted: string[] = [];
  const answers: Record<string, (params: { trustedAuthors?: string[] }) => unknown> = {
    'services.add': () => {
      library.push(item);
      return item;
    },
    'services.list': () => library,
    'policy.set': ({ trustedAuthors = [] }) => {
      trusted.splice(0, trusted.length, ...trustedAuthors);
      return {};
    },
  };
  const agent = {
    putSpool: async (_name: string, stream: Readable) => {
      expect(await text(stream)).toBe('a package');
    },
    call: async (method: string, params: { trustedAuthors?: string[] }) => {
      if (failing[method]) throw failing[method];
      return answers[method]?.(params);
    },
  } as unknown as AgentClient;
  return { session: { view: { serial }, agent } as unknown as PhoneSession, trusted };
}

const roomOf = (phones: readonly { session: PhoneSession }[]) =>
  createLibraryRoom({
    fleet: () => ({ sessions: () => phones.map(({ session }) => session) }) as unknown as Fleet,
    trustFile: path.join(dir, 'trusted-authors.json'),
    samplesDir: dir,
    logger: silentLogger,
  });

const full = new AbhayaError('device.command-failed', 'no room left');
const lost = new AbhayaError('device.lost', 'it left');

test('a phone that fails is named in the answer; the others have the service, and its author is trusted', async () => {
  const phones = [phone('A', { 'services.add': full }), phone('B'), phone('C')];
  const installed = await (await roomOf(phones)).install(file, undefined);
  expect(installed.phones.map(({ serial }) => serial)).toEqual(['B', 'C']);
  expect(installed.problems).toEqual([
    { serial: 'A', code: 'device.command-failed', message: 'no room left' },
  ]);
  expect(installed.trusted).toBe(true);
  expect(phones[1]?.trusted).toEqual([item.author]);
});

test("when no phone takes it, the first one's error is told and the author is not trusted", async () => {
  const phones = [phone('A', { 'services.add': full }), phone('B', { 'services.add': lost })];
  const room = await roomOf(phones);
  await expect(room.install(file, undefined)).rejects.toBe(full);
  await expect(room.install(file, 'B')).rejects.toBe(lost);
  expect(phones[0]?.trusted).toEqual([]);
});

test('when all take it there are no problems; one that leaves before it hears of the trust is none', async () => {
  const room = await roomOf([phone('A'), phone('B', { 'policy.set': lost })]);
  const installed = await room.install(file, undefined);
  expect(installed.phones).toHaveLength(2);
  expect(installed).not.toHaveProperty('problems');
});
