// The sync protocol's messages: four letters and little-endian numbers.
// Source: AOSP packages/modules/adb/SYNC.TXT and file_sync_protocol.h.

import { AbhayaError } from '#base';

export const SYNC_DATA_MAX = 64 * 1024;
const MAX_PATH = 1024;

export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: bigint;
  /** Seconds since the epoch. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

export type SyncRequest =
  | { readonly id: 'STAT' | 'STA2' | 'LST2' | 'LIST' | 'LIS2' | 'RECV' | 'QUIT'; readonly path: string }
  | { readonly id: 'SEND'; readonly path: string; readonly mode: number };

/** What the host's byte stream consists of: requests, and after SEND the file's bytes and its time. */
export type SyncEvent =
  | { readonly kind: 'request'; readonly request: SyncRequest }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly mtime: number };

const REQUESTS = new Set(['STAT', 'STA2', 'LST2', 'LIST', 'LIS2', 'RECV', 'QUIT', 'SEND']);

/** Cuts the host's bytes into events; a file's data is passed on in the pieces in which it came. */
export class SyncDecoder {
  readonly #header = Buffer.alloc(8);
  #headerFill = 0;
  #path: { id: string; bytes: Buffer; fill: number } | undefined;
  #dataLeft = 0;
  #sending = false;

  /** Throws `wire.malformed` or `wire.too-large`: the stream can't go on. */
  push(chunk: Uint8Array, onEvent: (event: SyncEvent) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#dataLeft > 0) {
        const take = Math.min(this.#dataLeft, chunk.length - at);
        onEvent({ kind: 'data', bytes: chunk.subarray(at, at + take) });
        this.#dataLeft -= take;
        at += take;
      } else if (this.#path) {
        const take = Math.min(this.#path.bytes.length - this.#path.fill, chunk.length - at);
        this.#path.bytes.set(chunk.subarray(at, at + take), this.#path.fill);
        this.#path.fill += take;
        at += take;
        if (this.#path.fill === this.#path.bytes.length) this.#finishPath(onEvent);
      } else {
        const take = Math.min(8 - this.#headerFill, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + take), this.#headerFill);
        this.#headerFill += take;
        at += take;
        if (this.#headerFill === 8) this.#startMessage(onEvent);
      }
    }
  }

  #startMessage(onEvent: (event: SyncEvent) => void): void {
    this.#headerFill = 0;
    const id = this.#header.toString('latin1', 0, 4);
    const value = this.#header.readUInt32LE(4);
    if (this.#sending) {
      if (id === 'DATA') {
        if (value > SYNC_DATA_MAX) throw new AbhayaError('wire.too-large', `sync DATA of ${value} bytes`);
        this.#dataLeft = value;
      } else if (id === 'DONE') {
        this.#sending = false;
        onEvent({ kind: 'done', mtime: value });
      } else throw new AbhayaError('wire.malformed', 'sync: neither DATA nor DONE inside a file');
      return;
    }
    if (!REQUESTS.has(id)) throw new AbhayaError('wire.malformed', 'sync: unknown request');
    if (value > MAX_PATH) throw new AbhayaError('wire.too-large', `sync path of ${value} bytes`);
    this.#path = { id, bytes: Buffer.alloc(value), fill: 0 };
    if (value === 0) this.#finishPath(onEvent);
  }

  #finishPath(onEvent: (event: SyncEvent) => void): void {
    const { id, bytes } = this.#path as { id: string; bytes: Buffer };
    this.#path = undefined;
    const text = bytes.toString('utf8');
    if (text.includes('\0')) throw new AbhayaError('wire.malformed', 'sync: NUL in a path');
    if (id !== 'SEND') {
      onEvent({ kind: 'request', request: { id: id as 'STAT', path: text } });
      return;
    }
    const comma = text.lastIndexOf(',');
    const mode = Number(text.slice(comma + 1));
    if (comma < 0 || !Number.isInteger(mode) || mode < 0) {
      throw new AbhayaError('wire.malformed', 'sync: SEND without a mode');
    }
    this.#sending = true;
    onEvent({ kind: 'request', request: { id, path: text.slice(0, comma), mode } });
  }
}

export function syncMessage(id: string, value: number, body: Uint8Array = new Uint8Array(0)): Buffer {
  const out = Buffer.allocUnsafe(8 + body.length);
  out.write(id, 0, 'latin1');
  out.writeUInt32LE(value, 4);
  out.set(body, 8);
  return out;
}

export const syncFail = (why: string): Buffer => {
  const body = Buffer.from(why);
  return syncMessage('FAIL', body.length, body);
};

/** STAT's answer; all zeros when there is no such file. */
export function statV1(facts: FileFacts | undefined): Buffer {
  const out = Buffer.alloc(16);
  out.write('STAT', 0, 'latin1');
  if (facts) {
    out.writeUInt32LE(facts.mode, 4);
    out.writeUInt32LE(Number(facts.size & 0xffffffffn), 8);
    out.writeUInt32LE(facts.mtime >>> 0, 12);
  }
  return out;
}

/** The answer to STA2 and LST2: an Android errno, or the facts. */
export function statV2(id: 'STA2' | 'LST2', facts: FileFacts | number): Buffer {
  const out = Buffer.alloc(72);
  out.write(id, 0, 'latin1');
  if (typeof facts === 'number') out.writeUInt32LE(facts, 4);
  else writeFacts(out, 8, facts);
  return out;
}

/** A directory entry of LIST. */
export function dentV1(name: Uint8Array, facts: FileFacts): Buffer {
  const out = Buffer.alloc(20 + name.length);
  out.write('DENT', 0, 'latin1');
  out.writeUInt32LE(facts.mode, 4);
  out.writeUInt32LE(Number(facts.size & 0xffffffffn), 8);
  out.writeUInt32LE(facts.mtime >>> 0, 12);
  out.writeUInt32LE(name.length, 16);
  out.set(name, 20);
  return out;
}

/** A directory entry of LIS2. */
export function dentV2(name: Uint8Array, facts: FileFacts | number): Buffer {
  const out = Buffer.alloc(76 + name.length);
  out.write('DNT2', 0, 'latin1');
  if (typeof facts === 'number') out.writeUInt32LE(facts, 4);
  else writeFacts(out, 8, facts);
  out.writeUInt32LE(name.length, 72);
  out.set(name, 76);
  return out;
}

/** The end of a list: as long as an entry without a name. */
export function listDone(v2: boolean): Buffer {
  const out = Buffer.alloc(v2 ? 76 : 20);
  out.write('DONE', 0, 'latin1');
  return out;
}

function writeFacts(out: Buffer, at: number, facts: FileFacts): void {
  out.writeBigUInt64LE(BigInt.asUintN(64, facts.dev), at);
  out.writeBigUInt64LE(BigInt.asUintN(64, facts.ino), at + 8);
  out.writeUInt32LE(facts.mode, at + 16);
  out.writeUInt32LE(facts.nlink >>> 0, at + 20);
  out.writeUInt32LE(facts.uid, at + 24);
  out.writeUInt32LE(facts.gid, at + 28);
  out.writeBigUInt64LE(facts.size, at + 32);
  out.writeBigInt64LE(BigInt(facts.atime), at + 40);
  out.writeBigInt64LE(BigInt(facts.mtime), at + 48);
  out.writeBigInt64LE(BigInt(facts.ctime), at + 56);
}
