// The small commands of a phone as tools use them: logcat, am, pm, settings, dumpsys, wm, cmd, with their exit codes.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPhoneBench, type PhoneBench } from './testing/phone-bench.ts';

let bench: PhoneBench;
let serial: string;

beforeAll(async () => {
  bench = await openPhoneBench();
  const phone = await bench.phone({ profile: 'flagship' });
  serial = phone.adbAddress;
  await bench.server.connect(serial);
});
afterAll(() => bench.close());

const adb = (...args: string[]) => bench.adb(serial, ...args);
const shell = (command: string) => adb('shell', command);

describe('logcat', () => {
  test('dumps, filters by tag and priority, counts, formats and clears', async () => {
    await shell('log -p w -t one first; log -p e -t one second; log -p d -t two third');
    const lines = async (...args: string[]) =>
      (await adb('logcat', '-d', ...args)).stdout
        .split('\n')
        .filter((line) => /first|second|third/.test(line));
    expect(await lines()).toHaveLength(3);
    expect(await lines('-s', 'one')).toHaveLength(2);
    expect(await lines('one:E', '*:S')).toEqual([expect.stringMatching(/E one {0,6}: second$/)]);
    expect(await lines('-t', '1')).toEqual([expect.stringContaining('third')]);
    expect(await lines('-v', 'brief', '-s', 'two')).toEqual([expect.stringMatching(/^D\/two/)]);
    expect((await adb('logcat', '-c')).code).toBe(0);
    expect(await lines()).toEqual([]);
    const wrong = await adb('logcat', '-d', '--nonsense');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr + wrong.stdout).toContain('nonsense');
  });

  test('goes on with new lines until the reader leaves', async () => {
    const reader = spawn(bench.adbProgram, [
      '-P',
      String(bench.server.port),
      '-s',
      serial,
      'logcat',
      '-s',
      'live',
    ]);
    let seen = '';
    reader.stdout.on('data', (chunk) => {
      seen += chunk;
    });
    await expect.poll(() => seen, { timeout: 20_000 }).toContain('beginning of main');
    await shell('log -t other unseen; log -t live seen-now');
    await expect.poll(() => seen, { timeout: 20_000 }).toMatch(/I live {0,4}: seen-now/);
    expect(seen).not.toContain('unseen');
    reader.kill();
    await once(reader, 'exit');
    // The command inside ends with its reader.
    await expect
      .poll(async () => (await shell('ps -A -o NAME,ARGS')).stdout, { timeout: 20_000 })
      .not.toMatch(/logcat -s live/);
  });
});

describe('settings', () => {
  test('are put, read, listed and deleted', async () => {
    expect((await shell('settings get system screen_brightness')).stdout).toBe('128\n');
    expect((await shell('settings get global nothing')).stdout).toBe('null\n');
    expect((await shell("settings put secure key 'two words'; settings get secure key")).stdout).toBe(
      'two words\n',
    );
    expect((await shell('settings list secure')).stdout).toMatch(/^key=two words$/m);
    expect((await shell('settings delete secure key')).stdout).toBe('Deleted 1 rows\n');
    expect((await shell('settings delete secure key')).stdout).toBe('Deleted 0 rows\n');
    expect((await shell('settings get nowhere key')).code).toBe(255);
    expect((await shell('cmd settings get global airplane_mode_on')).stdout).toBe('0\n');
  });
});

describe('dumpsys', () => {
  test('lists what it knows and reports it', async () => {
    const names = (await shell('dumpsys -l')).stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    expect(names).toEqual(['battery', 'cpuinfo', 'diskstats', 'meminfo', 'package', 'thermalservice']);
    expect((await shell('dumpsys meminfo')).stdout).toMatch(/^Total RAM: 12,582,912K/m);
    expect((await shell('dumpsys diskstats')).stdout).toMatch(/^Data-Free: \d+K \/ \d+K total/m);
    expect((await shell('dumpsys cpuinfo')).stdout).toMatch(/% TOTAL/);
    expect(await shell('dumpsys nothing')).toMatchObject({
      code: 0,
      stderr: "Can't find service: nothing\n",
    });
  });

  test('changes the battery, as testers do, until reset', async () => {
    await shell('dumpsys battery set level 5; dumpsys battery unplug');
    const report = (await shell('dumpsys battery')).stdout;
    expect(report).toMatch(/^ {2}level: 5$/m);
    expect(report).toMatch(/^ {2}USB powered: false$/m);
    expect(report).toContain('UPDATES STOPPED');
    expect((await shell('cmd battery reset; dumpsys battery')).stdout).not.toContain('UPDATES STOPPED');
    expect((await shell('dumpsys battery set level 400')).code).toBe(255);
    await shell('cmd thermalservice override-status 4');
    expect((await shell('dumpsys thermalservice')).stdout).toMatch(/^Thermal Status: 4$/m);
    await shell('cmd thermalservice reset');
    expect((await shell('dumpsys thermalservice')).stdout).toMatch(/^Thermal Status: 0$/m);
  });
});

describe('am, pm, wm, cmd, reboot', () => {
  test('do what they can and refuse the rest in words, with a code', async () => {
    expect((await shell('am get-current-user')).stdout).toBe('0\n');
    expect((await shell('am force-stop org.example.app')).code).toBe(0);
    expect(await shell('am start -n org.example.app/.Main')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no Android runtime'),
    });
    expect((await shell('pm list packages')).code).toBe(0);
    expect((await shell('pm list features')).code).toBe(255);
    expect((await shell('pm path org.example.nothing')).code).toBe(1);
    expect((await shell('wm size')).stdout).toBe('Physical size: 1080x2400\n');
    expect((await shell('cmd -l')).stdout).toMatch(/^ {2}package$/m);
    expect((await shell('cmd nothing')).code).toBe(20);
    expect((await shell('service check package')).stdout).toBe('Service package: found\n');
    expect((await shell('reboot')).code).toBe(1);
    expect((await shell('echo still here')).stdout).toBe('still here\n');
  });

  test('are reached from programs inside, with their own exit codes and outputs apart', async () => {
    const code = await new Promise((resolve) => {
      const args = ['-P', String(bench.server.port), '-s', serial, 'shell', 'am start x 2>/dev/null'];
      execFile(bench.adbProgram, args, (error, stdout) => resolve([error?.code, stdout]));
    });
    expect(code).toEqual([1, '']);
    expect((await shell('getprop ro.product.model | sed s/Virtual/No/')).stdout).toBe('No Phone\n');
    expect((await shell('getprop')).stdout).toMatch(/^\[ro\.serialno\]: \[\w+\]$/m);
  });
});
