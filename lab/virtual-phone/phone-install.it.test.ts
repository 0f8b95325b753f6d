// adb install, end to end: two adb programs, both ways that they install, a real APK, and files that are none.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VirtualPhone } from './index.ts';
import { craftApk, craftManifest, fixtureApk, fixturePath } from './testing/craft-apk.ts';
import { openPhoneBench, type PhoneBench, type RunAdb } from './testing/phone-bench.ts';

const NAME = 'org.abhaya.fixture';

let bench: PhoneBench;
let phone: VirtualPhone;
let serial: string;

beforeAll(async () => {
  bench = await openPhoneBench();
  phone = await bench.phone();
  serial = phone.adbAddress;
  await bench.server.connect(serial);
});
afterAll(() => bench.close());

const shell = async (command: string) => (await bench.adb(serial, 'shell', command)).stdout;
const apkFile = async (name: string, bytes: Uint8Array): Promise<string> => {
  const path = join(bench.dir, name);
  await writeFile(path, bytes);
  return path;
};
const version = async (name: string) =>
  new RegExp(`Package \\[${name}\\]:[^[]*versionCode=(\\d+)`).exec(await shell('dumpsys package'))?.[1];

describe.each([
  ["Debian bookworm's adb", async () => bench.adb],
  ["Debian trixie's adb", () => bench.referenceAdb()],
] as const)('%s', (_name, programOf) => {
  let adb: RunAdb;
  beforeAll(async () => {
    adb = await programOf();
  });
  afterEach(async () => {
    await shell(`pm uninstall ${NAME}; pm uninstall org.example.crafted`);
  });

  test.each([
    ['streamed', [], /Performing Streamed Install/],
    ['pushed', ['--no-streaming'], /Performing Push Install/],
  ] as const)('installs %s, lists, hands out and uninstalls', async (_way, flags, says) => {
    const install = await adb(serial, 'install', ...flags, fixturePath);
    expect(install).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Success$/m) });
    expect(install.stdout + install.stderr).toMatch(says);
    expect(await shell('pm list packages')).toBe(`package:${NAME}\n`);
    expect(await shell('pm list packages -f abhaya')).toBe(`package:/data/app/${NAME}-1/base.apk=${NAME}\n`);
    expect(await shell('pm list packages nothing')).toBe('');
    const path = (await shell(`pm path ${NAME}`)).replace(/^package:|\n$/g, '');
    expect((await adb(serial, 'pull', path, join(bench.dir, 'back.apk'))).code).toBe(0);
    expect(await readFile(join(bench.dir, 'back.apk'))).toEqual(await fixtureApk());
    expect(await version(NAME)).toBe('7');
    // Again, over itself.
    expect((await adb(serial, 'install', '-r', ...flags, fixturePath)).code).toBe(0);
    const gone = await adb(serial, 'uninstall', NAME);
    expect(gone).toMatchObject({ code: 0, stdout: 'Success\n' });
    expect(await shell('pm list packages')).toBe('');
    expect((await adb(serial, 'shell', `pm path ${NAME}`)).code).toBe(1);
    expect((await adb(serial, 'uninstall', NAME)).stdout).toMatch(/^Failure \[DELETE_FAILED/);
    expect(await shell('ls /data/app /data/local/tmp')).not.toMatch(/apk|tmp$|abhaya/m);
  });

  test.each([
    ['streamed', []],
    ['pushed', ['--no-streaming']],
  ] as const)('is told why an APK is refused (%s), and nothing of it stays', async (_way, flags) => {
    const refused: [string, Uint8Array, string][] = [
      ['text.apk', Buffer.from('no archive\n'.repeat(100)), 'INSTALL_PARSE_FAILED_NOT_APK'],
      ['half.apk', (await fixtureApk()).subarray(0, 4000), 'INSTALL_PARSE_FAILED_NOT_APK'],
      ['other.apk', craftApk(craftManifest(), { name: 'x' }), 'INSTALL_PARSE_FAILED_BAD_MANIFEST'],
      [
        'attributes.apk',
        craftApk(craftManifest({ attributeCount: 0 })),
        'INSTALL_PARSE_FAILED_MANIFEST_MALFORMED',
      ],
      ['path.apk', craftApk(craftManifest({ name: '../../x' })), 'INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME'],
    ];
    for (const [name, bytes, failure] of refused) {
      const { code, stdout, stderr } = await adb(serial, 'install', ...flags, await apkFile(name, bytes));
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(`Failure [${failure}: `);
    }
    expect(await shell('pm list packages; ls /data/app /data/local/tmp')).not.toMatch(/apk|tmp$|package:/m);
  });

  test('an older version is refused unless it is asked for', async () => {
    const crafted = (versionCode: number) => craftApk(craftManifest({ versionCode }));
    const [old, now] = [await apkFile('old.apk', crafted(4)), await apkFile('now.apk', crafted(5))];
    expect((await adb(serial, 'install', now)).code).toBe(0);
    const refused = await adb(serial, 'install', old);
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('INSTALL_FAILED_VERSION_DOWNGRADE');
    expect(await version('org.example.crafted')).toBe('5');
    expect((await adb(serial, 'install', '-d', old)).code).toBe(0);
    expect(await version('org.example.crafted')).toBe('4');
    const there = await adb(serial, 'install', '-R', now);
    expect(there.stdout + there.stderr).toContain('INSTALL_FAILED_ALREADY_EXISTS');
  });
});

describe('hostile installs', () => {
  test('bombs and endless files are refused, and the phone stays small and awake', async () => {
    const memory = async () =>
      Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${phone.pid}/status`, 'utf8'))?.[1]);
    const bomb = Buffer.alloc(256 * 1024 * 1024);
    const before = await memory();
    for (const [name, bytes] of [
      ['bomb.apk', craftApk(bomb)],
      ['lying-bomb.apk', craftApk(bomb, { size: 1000 })],
      ['many-strings.apk', craftApk(craftManifest({ stringCount: 0xffff_ffff }))],
      ['long-chunk.apk', craftApk(craftManifest({ elementBytes: 0 }))],
    ] as const) {
      const { code, stdout, stderr } = await bench.adb(serial, 'install', await apkFile(name, bytes));
      expect(code).toBe(1);
      expect(stdout + stderr).toContain('Failure [INSTALL_');
    }
    expect((await memory()) - before).toBeLessThan(64 * 1024);
    expect(await shell('echo awake')).toBe('awake\n');
  });

  test('a stream that ends early, sizes that are none and paths that lead nowhere are refused', async () => {
    const transport = await bench.server.open(serial);
    const apk = await fixtureApk();
    const early = await transport.shell(`cmd package install -S ${apk.length + 1}`, { stdin: apk });
    expect(early).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('INSTALL_FAILED_INVALID_APK'),
    });
    for (const size of ['0', '-1', 'x', '1e30', '99999999999'])
      expect((await transport.shell(`cmd package install -S ${size} </dev/null`)).exitCode).toBe(1);
    await transport.shell('mkfifo /data/local/tmp/fifo; ln -s /dev/zero /data/local/tmp/zero.apk');
    for (const path of [
      '',
      '/missing.apk',
      '/data/local/tmp',
      '/data/local/tmp/fifo',
      '/data/local/tmp/zero.apk',
    ])
      expect((await transport.shell(`pm install ${path}`)).exitCode).toBe(1);
    expect(await shell('ls /data/app; pm list packages org.abhaya')).toBe('');
    await transport.close();
  });

  test('installs at once do not disturb each other', async () => {
    const files = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        apkFile(`many-${i}.apk`, craftApk(craftManifest({ name: `org.example.many${i}` }))),
      ),
    );
    const codes = await Promise.all(
      files.map(async (file) => (await bench.adb(serial, 'install', file)).code),
    );
    expect(codes).toEqual(Array(8).fill(0));
    expect((await shell('pm list packages org.example.many')).trim().split('\n')).toHaveLength(8);
  });
});
