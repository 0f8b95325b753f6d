// The protocol core against bytes: honest hosts, old ones, and hostile ones.

import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '#base';
import { hostKey, parseHostKey } from '../adbd/host-keys.ts';
import { AdbConnection } from './adb-connection.ts';
import type { AdbStream } from './adb-stream.ts';
import type { HostKey } from './auth.ts';
import { command, encodeHeader, type Packet, PacketDecoder } from './packet.ts';
import { parseService } from './service-name.ts';
import { SyncDecoder, syncMessage } from './sync-codec.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key: HostKey = hostKey(pair.publicKey, 'f', 'me');
const sign = (token: Uint8Array) =>
  privateEncrypt(
    { key: pair.privateKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.concat([Buffer.from('3021300906052b0e03021a05000414', 'hex'), token]),
  );

function host(accepted: HostKey[]) {
  const sent: Packet[] = [];
  const opened: [AdbStream, string][] = [];
  const reader = new PacketDecoder();
  reader.maxPayload = 1 << 20;
  reader.verifyChecksum = false;
  const connection = new AdbConnection({
    banner: 'device::',
    random: seededRandom(1),
    port: {
      send: (...parts) => {
        for (const part of parts) reader.push(part, (packet) => sent.push(packet));
      },
      acceptedKeys: () => accepted,
      parseKey: parseHostKey,
      askUser: () => {},
      onAuthorized: () => {},
      open: (stream, service) => opened.push([stream, service]),
    },
  });
  const say = (
    kind: number,
    arg0: number,
    arg1: number,
    payload: Uint8Array = new Uint8Array(0),
    checksum = true,
  ) => connection.receive(Buffer.concat([encodeHeader(kind, arg0, arg1, payload, { checksum }), payload]));
  const login = () => {
    say(command.CNXN, 0x01000001, 1 << 20, Buffer.from('host::'));
    say(command.AUTH, 2, 0, sign(sent.at(-1)?.payload as Uint8Array));
  };
  return { connection, sent, opened, say, login };
}

describe('connection', () => {
  test('always demands AUTH, and lets a signed token in', () => {
    const h = host([key]);
    h.say(command.OPEN, 1, 0, Buffer.from('shell:id\0'));
    expect(h.sent).toEqual([]);
    h.login();
    expect(h.sent.map((p) => p.command)).toEqual([command.AUTH, command.CNXN]);
  });

  test('asks again for a signature that is not an accepted key’s', () => {
    const h = host([]);
    h.login();
    expect(h.sent.map((p) => p.command)).toEqual([command.AUTH, command.AUTH]);
    expect(h.connection.state).toBe('authenticating');
  });

  test('takes a CNXN without checksum from a host that knows the new version, and none from an old one', () => {
    const hello = Buffer.from('host::');
    expect(() => host([key]).say(command.CNXN, 0x01000001, 1 << 20, hello, false)).not.toThrow();
    expect(() => host([key]).say(command.CNXN, 0x01000000, 4096, hello, false)).toThrow(/checksum/);
  });

  test('delivers what came before a close, in one read', async () => {
    const h = host([key]);
    h.login();
    h.say(command.OPEN, 7, 0, Buffer.from('exec:cat\0'));
    const [[stream]] = h.opened as [[AdbStream, string]];
    const got: string[] = [];
    stream.accept(
      (chunk) => {
        got.push(Buffer.from(chunk).toString());
      },
      () => got.push('end'),
    );
    h.say(command.WRTE, 7, stream.localId, Buffer.from('data'));
    h.say(command.CLSE, 7, stream.localId);
    await stream.closed;
    expect(got).toEqual(['data', 'end']);
  });

  test('waits for OKAY before the next WRTE', async () => {
    const h = host([key]);
    h.login();
    h.say(command.OPEN, 7, 0, Buffer.from('exec:cat\0'));
    const [[stream]] = h.opened as [[AdbStream, string]];
    stream.accept(() => {});
    void stream.write(Buffer.from('a'));
    void stream.write(Buffer.from('b')).catch(() => {});
    const writes = () => h.sent.filter((p) => p.command === command.WRTE).length;
    await Promise.resolve();
    expect(writes()).toBe(1);
    h.say(command.OKAY, 7, stream.localId);
    await new Promise((resolve) => setImmediate(resolve));
    expect(writes()).toBe(2);
  });

  test('drops a host that floods a stream', () => {
    const h = host([key]);
    h.login();
    h.say(command.OPEN, 7, 0, Buffer.from('exec:cat\0'));
    const [[stream]] = h.opened as [[AdbStream, string]];
    stream.accept(() => new Promise(() => {}));
    const flood = () => h.say(command.WRTE, 7, stream.localId, Buffer.from('x'));
    for (let i = 0; i < 3; i++) flood();
    expect(flood).toThrow(/without waiting/);
  });
});

test('any bytes either parse or throw a coded error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, cut) => {
      for (const decoder of [new PacketDecoder(), new SyncDecoder()]) {
        try {
          decoder.push(bytes.subarray(0, cut), () => {});
          decoder.push(bytes.subarray(cut), () => {});
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^wire\./) });
        }
      }
    }),
  );
});

test('a stranger’s signature over the token, or a short one, is refused', () => {
  const token = Buffer.alloc(20, 7);
  expect(key.verify(token, sign(token))).toBe(true);
  expect(key.verify(Buffer.alloc(20, 8), sign(token))).toBe(false);
  expect(key.verify(token, Buffer.alloc(256))).toBe(false);
  expect(key.verify(token, Buffer.alloc(3))).toBe(false);
});

test('sync events do not depend on how the bytes are cut', () => {
  const path = Buffer.from('/data/x,33188');
  const all = Buffer.concat([
    syncMessage('SEND', path.length, path),
    syncMessage('DATA', 3, Buffer.from('abc')),
    syncMessage('DONE', 99),
  ]);
  for (let size = 1; size <= all.length; size++) {
    const seen: unknown[] = [];
    const decoder = new SyncDecoder();
    let data = '';
    for (let at = 0; at < all.length; at += size) {
      decoder.push(all.subarray(at, at + size), (event) => {
        if (event.kind === 'data') data += Buffer.from(event.bytes).toString();
        else seen.push(event);
      });
    }
    expect(data).toBe('abc');
    expect(seen).toEqual([
      { kind: 'request', request: { id: 'SEND', path: '/data/x', mode: 33188 } },
      { kind: 'done', mtime: 99 },
    ]);
  }
});

test('services are named as hosts name them', () => {
  expect(parseService('shell,v2,TERM=xterm,raw:ls -l: x')).toEqual({
    kind: 'shell',
    command: 'ls -l: x',
    v2: true,
    pty: false,
    term: 'xterm',
  });
  expect(parseService('shell:')).toMatchObject({ pty: true, v2: false });
  expect(parseService('tcp:5000')).toEqual({ kind: 'tcp', port: 5000, host: '127.0.0.1' });
  expect(parseService('tcp:99999')).toEqual({ kind: 'unknown' });
  expect(parseService('constructor')).toEqual({ kind: 'unknown' });
});
