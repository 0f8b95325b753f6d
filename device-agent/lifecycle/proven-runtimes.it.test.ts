import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExitReport, Sandbox, SandboxJob } from '#agent/sandbox';
import { silentLogger } from '#base';
import type { SandboxPlaces, SandboxRuntime } from '#schemas';
import { openProvenRuntimes } from './proven-runtimes.ts';

let folder = '';
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-proven-'));
});
afterAll(() => rm(folder, { recursive: true }));

const places: SandboxPlaces = {
  native: { spares: 2 },
  nodejs: { folder: '/runtime/aa', spares: 1 },
  jvm: { folder: '/jvm/bb', spares: 1 },
};

/** A phone: what its next start is asked for, where these runtimes work. */
async function phone() {
  made += 1;
  const dir = join(folder, `phone${made}`);
  const boot = join(folder, `boot${made}`);
  await writeFile(boot, 'first\n');
  let reason: ExitReport['reason'] = 'completed';
  return {
    boot: (id: string) => writeFile(boot, id),
    fail: () => {
      reason = 'sandbox-error';
    },
    file: join(dir, 'proven.json'),
    async start(options: { works?: SandboxRuntime[]; launcher?: string; asked?: SandboxPlaces } = {}) {
      const {
        works = ['native', 'nodejs', 'jvm'],
        launcher = '/agent/cc/launcher',
        asked = places,
      } = options;
      const proven = await openProvenRuntimes({
        ...{ file: join(dir, 'proven.json'), launcher, logger: silentLogger, bootFile: boot },
      });
      let tried: string[] = [];
      const sandbox = await proven.open(asked, async (given) => {
        tried = Object.entries(given).flatMap(([name, place]) =>
          name === 'native' || ('proven' in place && place.proven) ? [] : [name],
        );
        return {
          capabilities: { runtimes: works, layers: [] },
          run: async () => ({ reason }) as ExitReport,
        } as unknown as Sandbox;
      });
      return { tried, run: (runtime: SandboxRuntime) => sandbox.run({ runtime } as SandboxJob) };
    },
  };
}

test('canaries run once a boot, for the same folders and launcher', async () => {
  const it = await phone();
  expect((await it.start()).tried).toEqual(['nodejs', 'jvm']);
  expect((await it.start()).tried).toEqual([]);
  expect((await it.start({ launcher: '/agent/dd/launcher' })).tried).toEqual(['nodejs', 'jvm']);
  const asked = { ...places, jvm: { folder: '/jvm/ee', spares: 1 } };
  expect((await it.start({ launcher: '/agent/dd/launcher', asked })).tried).toEqual(['jvm']);
  await it.boot('second');
  expect((await it.start({ launcher: '/agent/dd/launcher', asked })).tried).toEqual(['nodejs', 'jvm']);
});

test('what did not pass is tried again, and what failed later too', async () => {
  const it = await phone();
  await it.start({ works: ['native', 'nodejs'] });
  const second = await it.start();
  expect(second.tried).toEqual(['jvm']);
  await second.run('jvm');
  expect((await it.start()).tried).toEqual([]);
  it.fail();
  await (await it.start()).run('jvm');
  expect((await it.start()).tried).toEqual(['jvm']);
});

test('a damaged record, and a device that does not tell its boot', async () => {
  const it = await phone();
  await it.start();
  await writeFile(it.file, '{"boot":"first"');
  expect((await it.start()).tried).toEqual(['nodejs', 'jvm']);
  await it.boot('');
  await it.start();
  expect((await it.start()).tried).toEqual(['nodejs', 'jvm']);
});
