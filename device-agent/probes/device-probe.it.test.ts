// The probe on a folder that looks like a real phone's /proc and /sys (captures/SOURCES.md).

import { writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '#base';
import { startDeviceProbe } from './device-probe.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'abhaya-probe-'));
  vi.stubEnv('ABHAYA_PROC', path.join(root, 'proc'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

const put = async (capture: string, file: string) => {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await cp(new URL(`captures/${capture}`, import.meta.url), path.join(root, file));
};

async function measured() {
  const probe = await startDeviceProbe({ root, logger: silentLogger });
  probe.close();
  return probe.state;
}

test('processors that are switched off count', async () => {
  await put('meizu-pro-7-plus-android-7.0.cpuinfo.txt', 'proc/cpuinfo');
  await put('meizu-pro-7-plus-android-7.0.cpu-present.txt', 'sys/devices/system/cpu/present');
  await put('aosp-device-android-10.meminfo.txt', 'proc/meminfo');
  expect(await measured()).toMatchObject({
    cores: 10,
    memoryBytes: 3_092_213_760,
    availableMemoryBytes: 2_607_677_440,
    profile: 'budget',
  });
});

test('who asks while a measurement is under way gets one that began after that', async () => {
  await put('aosp-device-android-10.meminfo.txt', 'proc/meminfo');
  const probe = await startDeviceProbe({ root, logger: silentLogger });
  const first = probe.refresh();
  // Without a pause, in which the first could end.
  writeFileSync(path.join(root, 'proc/meminfo'), 'MemTotal: 1024 kB\nMemAvailable: 512 kB\n');
  const [second, third] = [probe.refresh(), probe.refresh()];
  expect(second).toBe(third); // one is enough for all who wait
  await first;
  expect(await second).toMatchObject({ memoryBytes: 1_048_576, availableMemoryBytes: 524_288 });
  expect(probe.state).toBe(await second);
  probe.close();
});

test('without the list, those of cpuinfo count', async () => {
  await put('meizu-pro-7-plus-android-7.0.cpuinfo.txt', 'proc/cpuinfo');
  expect(await measured()).toMatchObject({ cores: 6 });
});
