// One contract for everything that claims to be a phone: our own adbd and Debian trixie's real one, driven by the
// real adb program and by our DeviceTransport.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import type { AdbTransport } from '#lab/adb';
import { openPhoneBench, type PhoneBench } from './testing/phone-bench.ts';

const TMP = '/data/local/tmp';
const BIG = 100_000_000;
const sha256 = async (from: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of from) hash.update(chunk);
  return hash.digest('hex');
};

let bench: PhoneBench;
let big: string;

beforeAll(async () => {
  bench = await openPhoneBench();
  big = join(bench.dir, 'big');
  const block = seededRandom(7).bytes(1_000_000);
  await writeFile(big, Buffer.concat(Array.from({ length: BIG / block.length }, () => block)));
});
afterAll(() => bench.close());

const kinds = {
  'our adbd': async () => (await bench.phone()).adbAddress,
  "trixie's adbd": async () => (await bench.reference()).adbAddress,
};

describe.each(Object.entries(kinds))('%s', (_name, start) => {
  let serial: string;
  let phone: AdbTransport;

  beforeAll(async () => {
    serial = await start();
    await bench.server.connect(serial);
    phone = await bench.server.open(serial);
  });
  afterAll(async () => {
    await phone.close();
    await bench.server.disconnect(serial);
  });

  describe('the real adb program', () => {
    test('gets exit codes, and stdout and stderr apart', async () => {
      expect(await bench.adb(serial, 'shell', 'echo out; echo err >&2; exit 42')).toEqual({
        code: 42,
        stdout: 'out\n',
        stderr: 'err\n',
      });
      expect((await bench.adb(serial, 'shell', 'true')).code).toBe(0);
      expect((await bench.adb(serial, 'shell', 'kill -9 $$')).code).toBe(128 + 9);
    });

    test('is the shell user', async () => {
      expect((await bench.adb(serial, 'shell', 'id -u')).stdout).toBe('2000\n');
    });

    test('gets raw bytes from exec-out', async () => {
      const { stdout } = await bench.adb(serial, 'exec-out', 'printf "a\\r\\nb\\0c"');
      expect(Buffer.from(stdout).toString('hex')).toBe(Buffer.from('a\r\nb\0c').toString('hex'));
    });

    test('gets a terminal when it asks for one', async () => {
      expect((await bench.adb(serial, 'shell', '-tt', 'test -t 0 && echo terminal')).stdout).toBe(
        'terminal\r\n',
      );
    });

    test('pushes and pulls 100 MB with equal checksums', async () => {
      const back = join(bench.dir, 'back');
      expect((await bench.adb(serial, 'push', big, `${TMP}/big`)).code).toBe(0);
      expect((await bench.adb(serial, 'shell', `sha256sum ${TMP}/big`)).stdout.split(' ')[0]).toBe(
        await sha256(createReadStream(big)),
      );
      expect((await bench.adb(serial, 'pull', `${TMP}/big`, back)).code).toBe(0);
      expect(await sha256(createReadStream(back))).toBe(await sha256(createReadStream(big)));
    });

    test('pushes and pulls a folder with times and links', async () => {
      const folder = join(bench.dir, 'folder');
      await mkdir(join(folder, 'sub dir'), { recursive: true });
      await writeFile(join(folder, 'sub dir', 'fïle'), 'text');
      await writeFile(join(folder, 'empty'), '');
      await utimes(join(folder, 'empty'), 1_600_000_000, 1_600_000_000);
      expect((await bench.adb(serial, 'push', folder, `${TMP}/`)).code).toBe(0);
      expect(
        (await bench.adb(serial, 'shell', `cat '${TMP}/folder/sub dir/fïle'; stat -c %Y ${TMP}/folder/empty`))
          .stdout,
      ).toBe('text1600000000\n');
      const back = join(bench.dir, 'folder-back');
      expect((await bench.adb(serial, 'pull', '-a', `${TMP}/folder`, back)).code).toBe(0);
      expect(await readFile(join(back, 'sub dir', 'fïle'), 'utf8')).toBe('text');
      expect(Math.floor((await stat(join(back, 'empty'))).mtimeMs / 1000)).toBe(1_600_000_000);
    });

    test('is told why a file can not be pushed or pulled', async () => {
      const push = await bench.adb(serial, 'push', big, '/system/bin/nope');
      expect(push.code).not.toBe(0);
      expect(push.stdout + push.stderr).toMatch(/Read-only file system/);
      const pull = await bench.adb(serial, 'pull', `${TMP}/missing`, bench.dir);
      expect(pull.code).not.toBe(0);
      expect(pull.stdout + pull.stderr).toMatch(/No such file or directory/);
    });

    test('lists, makes and removes reverse forwards, and bytes flow', async () => {
      const here = createServer((socket: Socket) => socket.end('from the host'));
      await new Promise<void>((resolve) => here.listen(0, '127.0.0.1', resolve));
      const port = (here.address() as { port: number }).port;
      const made = await bench.adb(serial, 'reverse', 'tcp:0', `tcp:${port}`);
      const remote = Number(made.stdout.trim());
      expect(remote).toBeGreaterThan(0);
      expect((await bench.adb(serial, 'reverse', '--list')).stdout).toContain(`tcp:${remote} tcp:${port}`);
      // An input without an end: where it ends adb closes both ways, though the answer has not come yet.
      const call = `mkfifo ${TMP}/endless; toybox nc 127.0.0.1 ${remote} <>${TMP}/endless`;
      expect((await bench.adb(serial, 'shell', call)).stdout).toBe('from the host');
      expect((await bench.adb(serial, 'reverse', '--remove', `tcp:${remote}`)).code).toBe(0);
      expect((await bench.adb(serial, 'reverse', '--list')).stdout.trim()).toBe('');
      here.close();
    });
  });

  describe('DeviceTransport', () => {
    test('runs commands with input, exit code and both outputs', async () => {
      expect(await phone.shell('cat; echo no >&2; exit 3', { stdin: 'hello' })).toEqual({
        exitCode: 3,
        stdout: 'hello',
        stderr: 'no\n',
      });
    });

    test('ends a command that takes or writes too much', async () => {
      await expect(phone.shell('sleep 60', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
      await expect(phone.shell('cat /dev/zero', { maxOutputBytes: 100_000 })).rejects.toMatchObject({
        code: 'device.command-failed',
      });
      const cancel = new AbortController();
      const running = phone.shell('sleep 60', { signal: cancel.signal });
      setTimeout(() => cancel.abort(), 100);
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    });

    test('pushes a stream and a file, pulls and stats', async () => {
      await phone.push(
        Readable.from([Buffer.from('one '), Buffer.from('two')], { objectMode: false }),
        `${TMP}/new/dir/s`,
        { mode: 0o755 },
      );
      expect((await phone.shell(`cat ${TMP}/new/dir/s; test -x ${TMP}/new/dir/s`)).stdout).toBe('one two');
      let progress = 0;
      await phone.push(big, `${TMP}/big2`, {
        onProgress: (bytes) => {
          progress = bytes;
        },
      });
      expect(progress).toBe(BIG);
      expect((await phone.stat(`${TMP}/big2`))?.size).toBe(BIG);
      expect(await sha256(await phone.pull(`${TMP}/big2`))).toBe(await sha256(createReadStream(big)));
      expect(await phone.stat(`${TMP}/missing`)).toBeUndefined();
      expect((await phone.list(`${TMP}/new`)).map(({ name }) => name)).toEqual(['dir']);
    });

    test('leaves no file behind when a push is cancelled', async () => {
      const cancel = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let i = 0; ; i++) {
            if (i === 20) cancel.abort();
            yield Buffer.alloc(65_536);
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
        })(),
        { objectMode: false },
      );
      await expect(phone.push(endless, `${TMP}/half`, { signal: cancel.signal })).rejects.toMatchObject({
        code: 'cancelled',
      });
      await expect.poll(() => phone.stat(`${TMP}/half`), { timeout: 30_000 }).toBeUndefined();
    });

    test('refuses to push into a read-only place, and to open a closed port', async () => {
      await expect(
        phone.push(Readable.from([Buffer.from('x')], { objectMode: false }), '/system/x'),
      ).rejects.toMatchObject({ code: 'device.command-failed' });
      await expect(phone.openTcp(1)).rejects.toMatchObject({ code: 'device.command-failed' });
    });

    test('carries many TCP streams at once, both ways, whole', async () => {
      const echo = createServer((socket) => socket.pipe(socket));
      await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
      const port = (echo.address() as { port: number }).port;
      const size = 2_000_000;
      const one = async (seed: number) => {
        const sent = Buffer.from(seededRandom(seed).bytes(size));
        const stream = await phone.openTcp(port);
        const received: Buffer[] = [];
        let count = 0;
        const done = (async () => {
          for await (const chunk of stream) {
            received.push(chunk as Buffer);
            count += (chunk as Buffer).length;
            if (count >= size) break;
          }
        })();
        stream.write(sent);
        await done;
        stream.destroy();
        return Buffer.concat(received).equals(sent);
      };
      expect(await Promise.all(Array.from({ length: 20 }, (_, i) => one(i + 1)))).toEqual(
        Array(20).fill(true),
      );
      echo.close();
    });

    test('starts commands with streams', async () => {
      const child = await phone.spawn('while read line; do echo "<$line>"; done; exit 5');
      child.stdin.write('a\n');
      child.stdin.end('b\n');
      let out = '';
      child.stderr.resume();
      for await (const chunk of child.stdout) out += chunk;
      expect(out).toBe('<a>\n<b>\n');
      expect(await child.exitCode).toBe(5);
    });

    test('adds and removes reverses', async () => {
      const port = await phone.addReverse(0, 9);
      expect(port).toBeGreaterThan(0);
      await phone.removeReverse(port);
      expect((await bench.adb(serial, 'reverse', '--list')).stdout.trim()).toBe('');
    });

    test('answers a probe', async () => {
      expect(await phone.probe(5000)).toBe(true);
    });
  });
});
