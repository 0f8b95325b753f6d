// What goes wrong with phones: cables, strangers, silence, deaths. Nothing may be left behind.

import { randomInt } from 'node:crypto';
import { access, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { command, encodeHeader } from './core/index.ts';
import { openPhoneBench, type PhoneBench, processesNaming } from './testing/phone-bench.ts';

let bench: PhoneBench;
beforeEach(async () => {
  bench = await openPhoneBench();
});
afterEach(() => bench.close());

const stateOf = (serial: string) =>
  bench.server.devices().find(({ adbSerial }) => adbSerial === serial)?.state ?? 'absent';
/** Seconds of a sleep that is found by them: nothing else on the machine may name the same number. */
const napOf = () => String(randomInt(1e8, 1e9));
const until = (what: () => unknown, timeout = 30_000) => expect.poll(what, { timeout, interval: 20 });

describe('strangers', () => {
  test('a phone that knows nobody is unauthorized until its user allows', async () => {
    const phone = await bench.phone({ acceptedKeys: [] });
    await bench.server.connect(phone.adbAddress);
    expect(stateOf(phone.adbAddress)).toBe('unauthorized');
    await expect(bench.server.open(phone.adbAddress)).rejects.toMatchObject({ code: 'device.unauthorized' });
    expect((await bench.adb(phone.adbAddress, 'shell', 'id')).stderr).toContain('unauthorized');
    await phone.allowAuth();
    await until(() => stateOf(phone.adbAddress)).toBe('device');
    expect((await bench.adb(phone.adbAddress, 'shell', 'echo in')).stdout).toBe('in\n');
    await phone.denyAuth();
    await until(() => stateOf(phone.adbAddress)).not.toBe('device');
    await bench.server.connect(phone.adbAddress);
    expect(stateOf(phone.adbAddress)).toBe('unauthorized');
  });

  test('bad bytes are dropped without harm', async () => {
    const phone = await bench.phone();
    const port = Number(phone.adbAddress.split(':')[1]);
    const random = seededRandom(3);
    const huge = Buffer.from(encodeHeader(command.CNXN, 0x01000001, 1 << 20));
    huge.writeUInt32LE(0xffff_ffff, 12);
    const hello = Buffer.from('host::\0');
    const cnxn = Buffer.concat([
      encodeHeader(command.CNXN, 0x01000000, 4096, hello, { checksum: true }),
      hello,
    ]);
    const strange = Buffer.from(encodeHeader(0x41414141, 1, 2));
    const openEarly = Buffer.concat([encodeHeader(command.OPEN, 1, 0, hello, { checksum: true }), hello]);
    const attacks: Buffer[] = [
      Buffer.from(random.bytes(200_000)),
      Buffer.alloc(1_000_000),
      huge,
      Buffer.concat([cnxn, strange, openEarly, strange]),
      Buffer.concat([
        cnxn,
        encodeHeader(command.AUTH, 3, 0, Buffer.alloc(4000, 65), { checksum: true }),
        Buffer.alloc(4000, 65),
      ]),
      Buffer.concat([
        cnxn,
        ...Array.from({ length: 200 }, () =>
          Buffer.concat([
            encodeHeader(command.AUTH, 2, 0, Buffer.alloc(256, 1), { checksum: true }),
            Buffer.alloc(256, 1),
          ]),
        ),
      ]),
      Buffer.concat(Array.from({ length: 5000 }, () => cnxn)),
      cnxn.subarray(0, 20),
    ];
    const before = await residentBytes(phone.pid);
    for (let round = 0; round < 3; round++) {
      for (const bytes of attacks) await attack(port, bytes);
    }
    await bench.server.connect(phone.adbAddress);
    expect((await bench.adb(phone.adbAddress, 'shell', 'echo fine')).stdout).toBe('fine\n');
    expect((await residentBytes(phone.pid)) - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('cables', () => {
  test('unplug breaks the phone off, plug in brings it back under the same address', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    const running = transport.shell('sleep 30');
    running.catch(() => {});
    await phone.unplug();
    expect(await transport.disconnected).toMatch(/adb says|broke/);
    await expect(running).rejects.toMatchObject({ code: 'device.lost' });
    await expect(bench.server.connect(phone.adbAddress)).rejects.toMatchObject({ code: 'device.offline' });
    await phone.plugIn();
    await bench.server.connect(phone.adbAddress);
    const again = await bench.server.open(phone.adbAddress);
    expect((await again.shell('echo back')).stdout).toBe('back\n');
  });

  test('a silent phone stays "device", but the probe notices; it can be resumed', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    expect(await transport.probe(5000)).toBe(true);
    await phone.stall();
    expect(await transport.probe(300)).toBe(false);
    expect(stateOf(phone.adbAddress)).toBe('device');
    await phone.resume();
    expect(await transport.probe(5000)).toBe(true);
  });

  test('a cable that breaks in the middle of a push fails the push and leaves no half file', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    await phone.failAfter(3_000_000);
    const bytes = Buffer.from(seededRandom(1).bytes(20_000_000));
    await expect(
      transport.push(Readable.from([bytes], { objectMode: false }), '/data/local/tmp/broken'),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^device\./) });
    await until(() => stateOf(phone.adbAddress)).not.toBe('device');
    await bench.server.connect(phone.adbAddress);
    const again = await bench.server.open(phone.adbAddress);
    await until(() => again.stat('/data/local/tmp/broken')).toBeUndefined();
  });
});

describe('deaths', () => {
  test('kill -9 of the daemon ends everything inside the phone', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    const nap = napOf();
    await transport.shell(`setsid sleep ${nap} >/dev/null 2>&1 </dev/null &`);
    await until(() => processesNaming(nap)).toHaveLength(1);
    process.kill(phone.pid, 'SIGKILL');
    expect(await phone.exited).toContain('SIGKILL');
    await transport.disconnected;
    await until(() => processesNaming(nap)).toEqual([]);
  });

  test('stopping ends detached processes too, and deletes an ephemeral folder', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    const nap = napOf();
    await transport.shell(`nohup sleep ${nap} >/dev/null 2>&1 </dev/null &`);
    await phone.stop();
    await phone.stop();
    await until(() => processesNaming(nap)).toEqual([]);
    await expect(access(phone.dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('the tracking goes on when the private server is killed: it is started again', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    const killed = bench.server.pid as number;
    process.kill(killed, 'SIGKILL');
    expect(await transport.disconnected).toBe('the adb server died');
    await until(() => bench.server.pid).not.toBe(killed);
    await until(async () =>
      bench.server.connect(phone.adbAddress).then(
        () => 'connected',
        (e) => e.code,
      ),
    ).toBe('connected');
    expect(stateOf(phone.adbAddress)).toBe('device');
  });
});

describe('walls', () => {
  test.each(['namespaces', 'plain'] as const)(
    '%s: says so, and runs commands in its own folder',
    async (isolation) => {
      const phone = await bench.phone({ isolation });
      await bench.server.connect(phone.adbAddress);
      const run = async (text: string) => (await bench.adb(phone.adbAddress, 'shell', text)).stdout.trim();
      expect(await run('getprop ro.abhaya.isolation')).toBe(isolation);
      await run('echo hi > /data/local/tmp/x; mkdir -p /sdcard/Download');
      expect(await run('cat /data/local/tmp/x')).toBe('hi');
      expect(await readFile(join(phone.dir, 'data/local/tmp/x'), 'utf8')).toBe('hi\n');
      const nap = napOf();
      expect(await run(`nohup sleep ${nap} >/dev/null 2>&1 </dev/null & echo ok`)).toBe('ok');
      await phone.stop();
      await until(() => processesNaming(`sleep\0${nap}`)).toEqual([]);
    },
  );

  test('links that point out of the phone lead nowhere outside', async () => {
    const secret = join(bench.dir, 'secret');
    await writeFile(secret, 'secret of the host');
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const transport = await bench.server.open(phone.adbAddress);
    await transport.shell(
      `cd /data/local/tmp; ln -s ${secret} a; ln -s ../../../../../../../../../../../..${secret} b; ln -s /proc/self/root c; ln -s ${bench.dir} d`,
    );
    for (const name of ['a', 'b', `c${secret}`, 'd/secret']) {
      const pulled = await transport
        .pull(`/data/local/tmp/${name}`)
        .then((stream) => stream.toArray())
        .catch((error) => error.message);
      expect(String(pulled)).not.toContain('secret of the host');
    }
    await transport
      .push(Readable.from([Buffer.from('x')], { objectMode: false }), '/data/local/tmp/d/planted')
      .catch(() => {});
    await expect(access(join(bench.dir, 'planted'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(secret, 'utf8')).toBe('secret of the host');
  });

  test('the phone can make its own namespaces, sees no host process and can change nothing of the image', async () => {
    const phone = await bench.phone();
    await bench.server.connect(phone.adbAddress);
    const run = (text: string) => bench.adb(phone.adbAddress, 'shell', text);
    expect((await run('unshare -U -r -m id -u')).stdout.trim()).toBe('0');
    expect((await run('ps -A -o ARGS')).stdout).not.toContain('vitest');
    expect((await run('touch /system/x /x /etc/x 2>&1; ls /work /home /root 2>&1')).code).not.toBe(0);
    expect((await run('echo x > /proc/sys/kernel/core_pattern')).code).not.toBe(0);
  });

  test('preloaded files are there without a push, and the phone cannot change the shared copy', async () => {
    const preload = join(bench.dir, 'preload');
    await mkdir(join(preload, 'runtime'), { recursive: true });
    await writeFile(join(preload, 'runtime', 'node'), 'shared bytes', { mode: 0o755 });
    await link(join(preload, 'runtime', 'node'), join(preload, 'runtime', 'second'));
    const phone = await bench.phone({ preload });
    await bench.server.connect(phone.adbAddress);
    const at = '/data/local/tmp/abhaya/runtime/node';
    expect((await bench.adb(phone.adbAddress, 'shell', `cat ${at}`)).stdout).toBe('shared bytes');
    await bench.adb(phone.adbAddress, 'shell', `chmod 777 ${at}; echo evil > ${at}`);
    expect(await readFile(join(preload, 'runtime', 'node'), 'utf8')).toBe('shared bytes');
  });
});

describe('the system behind the shell', () => {
  test('control changes what the phone reports', async () => {
    const phone = await bench.phone({ profile: 'budget' });
    await bench.server.connect(phone.adbAddress);
    const run = async (...args: string[]) => (await bench.adb(phone.adbAddress, ...args)).stdout;
    await phone.setBattery({ level: 17, temperature: 41.5 });
    await phone.setCharger('none');
    await phone.setHeat({ status: 3, temperature: 47 });
    const battery = await run('shell', 'dumpsys battery');
    expect(battery).toMatch(/^ {2}level: 17$/m);
    expect(battery).toMatch(/^ {2}temperature: 415$/m);
    expect(battery).toMatch(/^ {2}status: 3$/m);
    expect(await run('shell', 'dumpsys thermalservice')).toMatch(/^Thermal Status: 3$/m);
    expect(await run('shell', 'getprop ro.product.model')).toBe('Virtual Phone\n');
    expect(
      await run('shell', 'setprop debug.x 1; getprop debug.x; setprop ro.kernel.qemu 0 || echo refused'),
    ).toBe('1\nrefused\n');
    expect(await run('shell', 'grep MemTotal /proc/meminfo')).toMatch(/ 3145728 kB/);
    expect(await run('shell', 'settings put global a b; settings get global a')).toBe('b\n');
    await run('shell', 'log -p w -t mine hello there');
    expect(await run('logcat', '-d', '-s', 'mine:V')).toMatch(/W mine: hello there$/m);
    expect(await run('root')).toMatch(/cannot run as root/);
    await expect(phone.setBattery({ level: 400 })).rejects.toThrow();
  });
});

function attack(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.end(bytes));
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => resolve());
    setTimeout(() => socket.destroy(), 1500).unref();
  });
}

async function residentBytes(pid: number): Promise<number> {
  const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4096;
}
