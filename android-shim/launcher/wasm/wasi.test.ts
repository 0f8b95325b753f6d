// wasi.js by itself, against a memory of ours: what modules are answered, and that nothing they pass in does harm.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import wabt from 'wabt';

type Call = (...args: unknown[]) => number;
interface Host {
  read: (view: Uint8Array) => number;
  write: (view: Uint8Array) => number;
  say: (view: Uint8Array) => void;
  random: (view: Uint8Array) => void;
  now: (clock: number) => bigint | undefined;
  sleep: (milliseconds: number) => void;
  exit: (code: number) => void;
}
type CreateWasi = (host: Host) => {
  imports: Record<string, Call>;
  attach: (memory: { buffer: ArrayBuffer }) => void;
};

function load(): CreateWasi {
  const module = { exports: {} as { createWasi: CreateWasi } };
  Function('module', readFileSync(join(import.meta.dirname, 'wasi.js'), 'utf8'))(module);
  return module.exports.createWasi;
}

const [SUCCESS, BADF, FAULT, INVAL, IO, NOSYS, SPIPE] = [0, 8, 21, 28, 29, 52, 70];
const createWasi = load();
let memory: { buffer: ArrayBuffer };
let calls: Record<string, Call>;
let heard: string[];
let slept: number[];

const call = (name: string, ...args: unknown[]): number => calls[name]?.(...args) ?? -1;
const view = () => new DataView(memory.buffer);
const text = (at: number, length: number) =>
  new TextDecoder().decode(new Uint8Array(memory.buffer, at, length));
/** One vector at 0: `length` bytes at `at`. */
const vector = (at: number, length: number) => {
  view().setUint32(0, at, true);
  view().setUint32(4, length, true);
};

const vectored = (at: number, length: number, act: () => number): number => {
  vector(at, length);
  return act();
};

beforeEach(() => {
  heard = [];
  slept = [];
  memory = { buffer: new ArrayBuffer(65_536) };
  const input = new TextEncoder().encode('hello');
  let at = 0;
  const note = (where: string) => (bytes: Uint8Array) => {
    heard.push(`${where} ${new TextDecoder().decode(bytes)}`);
    return bytes.length;
  };
  const wasi = createWasi({
    read(bytes) {
      const part = input.subarray(at, at + bytes.length);
      bytes.set(part);
      at += part.length;
      return part.length;
    },
    write: note('wrote'),
    say: note('said'),
    random: (bytes) => void bytes.fill(7),
    now: (clock) => ({ 0: 5_000_000_000n, 1: 1_000n })[clock],
    sleep: (milliseconds) => void slept.push(milliseconds),
    exit: (code) => void heard.push(`exit ${code}`),
  });
  calls = wasi.imports;
  wasi.attach(memory);
});

test('input comes into the memory, in as many parts as it takes', () => {
  vector(100, 3);
  expect(call('fd_read', 0, 0, 1, 8)).toBe(SUCCESS);
  expect([view().getUint32(8, true), text(100, 3)]).toEqual([3, 'hel']);
  call('fd_read', 0, 0, 1, 8);
  expect([view().getUint32(8, true), text(100, 2)]).toEqual([2, 'lo']);
  call('fd_read', 0, 0, 1, 8);
  expect(view().getUint32(8, true)).toBe(0);
});

test('1 is the output, 2 are last words, nothing else is open', () => {
  new Uint8Array(memory.buffer).set(new TextEncoder().encode('abc'), 100);
  vector(100, 3);
  const all = [0, 1, 2, 3, -1, 4_000_000_000].map((fd) => call('fd_write', fd, 0, 1, 8));
  expect(all).toEqual([BADF, SUCCESS, SUCCESS, BADF, BADF, BADF]);
  expect(heard).toEqual(['wrote abc', 'said abc']);
  expect(call('fd_close', 1)).toBe(SUCCESS);
  expect([call('fd_close', 1), call('fd_write', 1, 0, 1, 8)]).toEqual([BADF, BADF]);
});

describe('addresses', () => {
  test.each([
    ['a vector outside', () => call('fd_write', 1, 65_532, 1, 8)],
    ['bytes outside', () => vectored(65_530, 7, () => call('fd_write', 1, 0, 1, 8))],
    ['bytes that wrap around', () => vectored(-1, 2, () => call('fd_read', 0, 0, 1, 8))],
    ['more vectors than there is memory', () => call('fd_read', 0, 0, 0x2000_0001, 8)],
    ['the sum outside', () => vectored(100, 1, () => call('fd_write', 1, 0, 1, 65_533))],
    ['random bytes outside', () => call('random_get', 65_535, 2)],
    ['a time outside', () => call('clock_time_get', 0, 0n, 65_529)],
    ['subscriptions outside', () => call('poll_oneoff', 0, 0, 0x0fff_ffff, 8)],
    ['an argument outside', () => call('args_get', 0, 65_530)],
    ['another type', () => call('fd_read', 0, 1n, 1n, 8n)],
    ['what can not be a number', () => call('random_get', Object.create(null), Symbol('x'))],
  ])('%s is a fault', (_what, act) => {
    expect(act()).toBe(FAULT);
    expect(heard).toEqual([]);
  });

  test('before there is a memory, every one is wrong', () => {
    const { imports } = createWasi({} as Host);
    expect(imports.random_get?.(0, 1)).toBe(FAULT);
  });

  test('a memory that has grown is seen', () => {
    memory.buffer = new ArrayBuffer(131_072);
    expect(call('random_get', 131_071, 1)).toBe(SUCCESS);
  });
});

test('a pipe that breaks is an error, not the end', () => {
  const broken = () => {
    throw Object.assign(new Error('EPIPE'), { syscall: 'write' });
  };
  const wasi = createWasi({ write: broken } as unknown as Host);
  wasi.attach(memory);
  vector(100, 3);
  expect(wasi.imports.fd_write?.(1, 0, 1, 8)).toBe(IO);
});

test('one argument, its name; no environment', () => {
  expect(call('args_sizes_get', 0, 4)).toBe(SUCCESS);
  expect([view().getUint32(0, true), view().getUint32(4, true)]).toEqual([1, 8]);
  call('args_get', 16, 32);
  expect([view().getUint32(16, true), text(32, 8)]).toEqual([32, 'service\0']);
  call('environ_sizes_get', 0, 4);
  expect([view().getUint32(0, true), view().getUint32(4, true)]).toEqual([0, 0]);
});

test('two clocks; others would be calls', () => {
  expect(call('clock_time_get', 0, 0n, 8)).toBe(SUCCESS);
  expect(view().getBigUint64(8, true)).toBe(5_000_000_000n);
  expect([2, 3, 9].map((clock) => call('clock_time_get', clock, 0n, 8))).toEqual([INVAL, INVAL, INVAL]);
});

describe('poll_oneoff', () => {
  const clock = (at: number, user: bigint, timeout: bigint, absolute = 0) => {
    view().setBigUint64(at, user, true);
    view().setUint8(at + 8, 0);
    view().setUint32(at + 16, 1, true);
    view().setBigUint64(at + 24, timeout, true);
    view().setUint16(at + 40, absolute, true);
  };
  const descriptor = (at: number, user: bigint, kind: 1 | 2, fd: number) => {
    view().setBigUint64(at, user, true);
    view().setUint8(at + 8, kind);
    view().setUint32(at + 16, fd, true);
  };
  const events = (at: number, count: number) =>
    Array.from({ length: count }, (_, i) => [
      Number(view().getBigUint64(at + 32 * i, true)),
      view().getUint16(at + 32 * i + 8, true),
    ]);

  test('sleeps until the first clock', () => {
    clock(0, 1n, 30_000_000n);
    clock(48, 2n, 20_000_000n);
    expect(call('poll_oneoff', 0, 1000, 2, 8_000)).toBe(SUCCESS);
    expect(slept).toEqual([20]);
    expect([view().getUint32(8_000, true), events(1000, 1)]).toEqual([1, [[2, 0]]]);
  });

  test('a time that is past, and pipes, are there at once', () => {
    clock(0, 1n, 500n, 1);
    descriptor(48, 2n, 1, 0);
    descriptor(96, 3n, 2, 7);
    clock(144, 4n, 1_000_000n);
    expect(call('poll_oneoff', 0, 1000, 4, 8_000)).toBe(SUCCESS);
    expect(slept).toEqual([]);
    const told = view().getUint32(8_000, true);
    expect(events(1000, told)).toEqual([
      [1, 0],
      [2, 0],
      [3, BADF],
    ]);
  });

  test('nothing to wait for is an error', () => expect(call('poll_oneoff', 0, 0, 0, 8)).toBe(INVAL));
});

test('what is not there says so', () => {
  expect(['fd_seek', 'fd_tell', 'fd_pread', 'fd_pwrite'].map((name) => call(name, 0))).toEqual(
    Array(4).fill(SPIPE),
  );
  expect(call('fd_prestat_get', 3, 0)).toBe(BADF);
  expect([call('path_open', 3), call('path_open', 0), call('path_symlink', 0, 0, 3)]).toEqual([
    BADF,
    NOSYS,
    BADF,
  ]);
  expect([call('sock_accept', 0), call('sock_recv', 5), call('proc_raise', 6)]).toEqual([NOSYS, BADF, NOSYS]);
});

test('every function of preview 1 is there', () => {
  expect(Object.keys(calls)).toHaveLength(46);
  expect(Object.getPrototypeOf(calls)).toBeNull();
});

test('the canary is what canary.wat says, in the bootstrap and in the launcher', async () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
  const { parseWat } = await wabt();
  const bytes = Buffer.from(parseWat('canary.wat', read('canary.wat')).toBinary({}).buffer);
  const [, inJs = ''] = /const warm =\n([^;]*);/.exec(read('bootstrap.js')) ?? [];
  const inBase64 = [...inJs.matchAll(/'([^']*)'/g)].map(([, part]) => part).join('');
  expect(inBase64).toBe(bytes.toString('base64'));
  const [, inC = ''] = /canary\[\] = \{([^}]*)\}/.exec(read('../src/wasm.c')) ?? [];
  expect(Buffer.from(inC.match(/0x[0-9a-f]{2}/g)?.map(Number) ?? []).equals(bytes)).toBe(true);
});
