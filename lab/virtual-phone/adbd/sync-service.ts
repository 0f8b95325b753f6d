// The sync service: files between host and phone, resolved inside the phone's root.
// Owns at most one open file for writing at a time; what an aborted SEND began is deleted.

import { type BigIntStats, constants as fsConstants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import {
  type AdbStream,
  dentV1,
  dentV2,
  type FileFacts,
  listDone,
  SYNC_DATA_MAX,
  SyncDecoder,
  type SyncEvent,
  type SyncRequest,
  statV1,
  statV2,
  syncFail,
  syncMessage,
} from '../core/index.ts';
import type { Place, RootedFiles } from '../isolation/rooted-files.ts';
import { errnoOf, messageOf } from './file-errors.ts';
import { IncomingFile } from './incoming-file.ts';

const READ_CHUNKS = 8;

export interface SyncContext {
  readonly files: RootedFiles;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

export function serveSync(stream: AdbStream, context: SyncContext): Promise<void> {
  const decoder = new SyncDecoder();
  const session = new SyncSession(stream, context);
  stream.accept(
    async (chunk) => {
      const events: SyncEvent[] = [];
      decoder.push(chunk, (event) => events.push(event));
      await session.take(events);
    },
    () => void session.abort(),
  );
  return stream.closed;
}

class SyncSession {
  readonly #stream: AdbStream;
  readonly #context: SyncContext;
  #incoming: IncomingFile | undefined;

  constructor(stream: AdbStream, context: SyncContext) {
    this.#stream = stream;
    this.#context = context;
  }

  async take(events: readonly SyncEvent[]): Promise<void> {
    let data: Uint8Array[] = [];
    for (const event of events) {
      if (event.kind === 'data') {
        data.push(event.bytes);
        continue;
      }
      // Everything that came together is written at once.
      if (data.length > 0) await this.#incoming?.write(data);
      data = [];
      if (event.kind === 'done') await this.#finishFile(event.mtime);
      else await this.#answer(event.request);
    }
    if (data.length > 0) await this.#incoming?.write(data);
  }

  async abort(): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    await incoming?.discard();
  }

  async #finishFile(mtime: number): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    if (!incoming) return;
    const failure = await incoming.finish(mtime);
    await this.#stream.write(failure === undefined ? syncMessage('OKAY', 0) : syncFail(failure));
  }

  async #answer(request: SyncRequest): Promise<void> {
    switch (request.id) {
      case 'STAT':
        return this.#stream.write(statV1(await this.#facts(request.path, false).catch(() => undefined)));
      case 'STA2':
      case 'LST2':
        return this.#stream.write(
          statV2(request.id, await this.#facts(request.path, request.id === 'STA2').catch(errnoOf)),
        );
      case 'LIST':
      case 'LIS2':
        return this.#list(request.path, request.id === 'LIS2');
      case 'RECV':
        return this.#send(request.path);
      case 'SEND':
        this.#incoming = new IncomingFile(request.path, request.mode, this.#context);
        return;
      case 'QUIT':
        this.#stream.close();
    }
  }

  #facts(path: string, follow: boolean): Promise<FileFacts> {
    return this.#context.files.with(path, { follow }, async (place) => this.#factsAt(place));
  }

  async #factsAt(place: string): Promise<FileFacts> {
    const s = await lstat(place, { bigint: true });
    return toFacts(s, this.#context.owner?.uid ?? process.getuid?.() ?? -1);
  }

  async #list(path: string, v2: boolean): Promise<void> {
    const entries: Buffer[] = [];
    let place: Place | undefined;
    try {
      place = this.#context.files.place(path, { follow: true });
      const folder = place.path;
      for (const name of await readdir(folder, { encoding: 'buffer' })) {
        const at = Buffer.concat([Buffer.from(`${folder}/`), name]);
        const facts = await lstat(at, { bigint: true }).then(
          (s) => toFacts(s, this.#context.owner?.uid ?? process.getuid?.() ?? -1),
          errnoOf,
        );
        if (v2) entries.push(dentV2(name, facts));
        else if (typeof facts !== 'number') entries.push(dentV1(name, facts));
      }
    } catch {
      // A folder that can't be read is an empty list: the protocol has no other answer.
    } finally {
      place?.close();
    }
    entries.push(listDone(v2));
    await this.#stream.write(Buffer.concat(entries));
  }

  async #send(path: string): Promise<void> {
    let failure: string | undefined;
    try {
      await this.#context.files.with(path, { follow: true }, (place) => this.#sendFile(place));
    } catch (error) {
      if (this.#stream.over) return;
      failure = `open failed: ${messageOf(error)}`;
    }
    await this.#stream.write(failure === undefined ? syncMessage('DONE', 0) : syncFail(failure));
  }

  async #sendFile(place: string): Promise<void> {
    // Not blocking: a FIFO with no writer must not hold us.
    const flags = fsConstants.O_RDONLY | fsConstants.O_NONBLOCK | fsConstants.O_NOFOLLOW;
    const file = await open(place, flags);
    try {
      if (!(await file.stat()).isFile())
        throw Object.assign(new Error('not a regular file'), { code: 'EINVAL' });
      for (;;) {
        // Blocks of 64 KiB with room for their headers between them, so one read fills one adb payload.
        const packet = Buffer.allocUnsafe(READ_CHUNKS * (8 + SYNC_DATA_MAX));
        const blocks = Array.from({ length: READ_CHUNKS }, (_, i) => {
          const at = i * (8 + SYNC_DATA_MAX) + 8;
          return packet.subarray(at, at + SYNC_DATA_MAX);
        });
        const { bytesRead } = await file.readv(blocks);
        if (bytesRead === 0) return;
        let left = bytesRead;
        let end = 0;
        while (left > 0) {
          const size = Math.min(left, SYNC_DATA_MAX);
          packet.write('DATA', end, 'latin1');
          packet.writeUInt32LE(size, end + 4);
          end += 8 + size;
          left -= size;
        }
        await this.#stream.write(packet.subarray(0, end));
      }
    } finally {
      await file.close();
    }
  }
}

function toFacts(s: BigIntStats, phoneUid: number): FileFacts {
  // Outside ids mean nothing inside: the phone's own files are the shell's, all others are root's.
  const id = Number(s.uid) === phoneUid ? 2000 : 0;
  return {
    dev: s.dev,
    ino: s.ino,
    mode: Number(s.mode),
    nlink: Number(s.nlink),
    uid: id,
    gid: id,
    size: s.size,
    atime: Math.floor(Number(s.atimeMs) / 1000),
    mtime: Math.floor(Number(s.mtimeMs) / 1000),
    ctime: Math.floor(Number(s.ctimeMs) / 1000),
  };
}
