// The APK, as far as it can be judged without Android: by Debian's aapt2, apksigner, zipalign and dexdump, and installed
// by the real adb on a virtual phone, whose package manager reads it as it reads any.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadToolchain } from '#lab/toolchain';
import { openPhoneBench, type PhoneBench } from '../../lab/virtual-phone/testing/phone-bench.ts';
import { androidTool } from '../android-tools.ts';
import { type DexContents, parseDexdump } from '../supervisor/dexdump.ts';

const { dist } = loadToolchain();
const apk = join(dist, 'shim', 'abhaya-shim.apk');

test('it is for Android 7 and newer, all three ABIs, and asks for no permission', async () => {
  const badging = await androidTool('aapt2', ['dump', 'badging', apk]);
  expect(badging).toMatch(
    /^package: name='org\.abhaya\.shim' versionCode='\d+' versionName='\d+\.\d+\.\d+'/m,
  );
  expect(badging).toMatch(/^sdkVersion:'24'$/m);
  expect(badging).toMatch(/^native-code: 'arm64-v8a' 'armeabi-v7a' 'x86_64'$/m);
  expect(await androidTool('aapt2', ['dump', 'permissions', apk])).toBe('package: org.abhaya.shim\n');
});

test('the service is isolated and nobody’s; the way in is for the shell user alone', async () => {
  const tree = await androidTool('aapt2', ['dump', 'xmltree', '--file', 'AndroidManifest.xml', apk]);
  const [, service = '', provider = ''] = tree.split(/E: (?:service|provider) /);
  expect(service).toMatch(/:name\(\S+\)=".SandboxService"/);
  expect(service).toMatch(/:isolatedProcess\(\S+\)=true/);
  expect(service).toMatch(/:exported\(\S+\)=false/);
  expect(service).toMatch(/:process\(\S+\)=":sandbox"/);
  expect(provider).toMatch(/:name\(\S+\)=".AgentProvider"/);
  expect(provider).toMatch(/:permission\(\S+\)="android.permission.DUMP"/);
  expect(tree.match(/:exported\(\S+\)=true/g)).toHaveLength(1);
  expect(tree).toMatch(/:debuggable\(\S+\)=false/);
});

test('it is signed and aligned; a changed byte is seen', async () => {
  const verified = await androidTool('apksigner', ['verify', '-v', '--min-sdk-version', '24', apk]);
  expect(verified).toMatch(/^Verified using v2 scheme .*: true$/m);
  expect(verified).toMatch(/^Verified using v3 scheme .*: true$/m);
  await androidTool('zipalign', ['-c', '-p', '4', apk]);
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-apk-'));
  try {
    const changed = await readFile(apk);
    const at = changed.length >> 2;
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(join(folder, 'changed.apk'), changed);
    const verify = androidTool('apksigner', [
      'verify',
      '--min-sdk-version',
      '24',
      join(folder, 'changed.apk'),
    ]);
    await expect(verify).rejects.toThrow(/DOES NOT VERIFY/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('inside', () => {
  let files: Record<string, Uint8Array>;
  let dex: DexContents;
  beforeAll(async () => {
    files = unzipSync(await readFile(apk));
    dex = parseDexdump(await androidTool('dexdump', ['-d', apk]));
  });

  test.each([
    ['x86_64', 62],
    ['arm64-v8a', 183],
    ['armeabi-v7a', 40],
  ])('the launcher for %s is the one that phones get pushed', async (abi, machine) => {
    const inside = Buffer.from(files[`lib/${abi}/libabhaya-launcher.so`] ?? []);
    expect(inside.readUInt16LE(18)).toBe(machine);
    const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(sum(inside)).toBe(sum(await readFile(join(dist, 'native', abi, 'abhaya-launcher'))));
  });

  test('the classes that the manifest names are there, with the supervisor, for Android 7', () => {
    expect(dex.version).toBe('037');
    for (const name of ['shim/SandboxService', 'shim/AgentProvider', 'supervisor/Supervisor'])
      expect(dex.classes).toContain(`Lorg/abhaya/${name};`);
    expect(dex.methods.get('Lorg/abhaya/shim/SandboxService;.<init>:()V')).toBe('PUBLIC CONSTRUCTOR');
    const known = (type: string) => dex.classes.has(type) || /^L(java|android)\//.test(type);
    expect([...dex.types].filter((type) => !known(type))).toEqual([]);
    expect([...dex.instructions].filter((name) => /^invoke-(custom|polymorphic)/.test(name))).toEqual([]);
  });
});

describe('on a phone', () => {
  let bench: PhoneBench;
  let serial: string;
  beforeAll(async () => {
    bench = await openPhoneBench();
    const phone = await bench.phone();
    serial = phone.adbAddress;
    await bench.server.connect(serial);
  });
  afterAll(() => bench.close());

  test('it installs, lists and uninstalls', async () => {
    const installed = await bench.adb(serial, 'install', apk);
    expect(installed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Success$/m) });
    const { stdout } = await bench.adb(serial, 'shell', 'pm list packages abhaya');
    expect(stdout.trim()).toBe('package:org.abhaya.shim');
    expect((await bench.adb(serial, 'uninstall', 'org.abhaya.shim')).stdout).toMatch(/^Success/);
  });
});
