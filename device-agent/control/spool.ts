// Files on their way in: the lab host puts them here, a call names them, and whoever takes one removes it.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AbhayaError } from '#base';
import { parserOf, SafeName } from '#schemas';

const parseName = parserOf(SafeName, 'spool name', 'input.invalid');

export interface Spool {
  /** Stores the stream under the name; throws `input.too-large`, and leaves nothing behind on any failure. */
  put(
    name: string,
    source: Readable,
    options?: { signal?: AbortSignal },
  ): Promise<{ bytes: number; sha256: string }>;
  /** Path of a stored file; throws `not-found`. */
  pathOf(name: string): Promise<string>;
  remove(name: string): Promise<void>;
}

export function createSpool(options: { dir: string; maxFileBytes: number }): Spool {
  const fileOf = (name: string) => path.join(options.dir, parseName(name));
  return {
    async put(name, source, { signal } = {}) {
      const file = fileOf(name);
      const partial = `${file}.part`;
      await mkdir(options.dir, { recursive: true, mode: 0o700 });
      const hash = createHash('sha256');
      let bytes = 0;
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          done(
            bytes > options.maxFileBytes
              ? new AbhayaError('input.too-large', `a file may have at most ${options.maxFileBytes} bytes`)
              : null,
            chunk,
          );
        },
      });
      try {
        await pipeline(source, count, createWriteStream(partial, { mode: 0o600 }), signal ? { signal } : {});
        await rename(partial, file);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      return { bytes, sha256: hash.digest('hex') };
    },
    async pathOf(name) {
      const file = fileOf(name);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) throw new AbhayaError('not-found', `there is no spooled file ${name}`);
      return file;
    },
    remove: (name) => rm(fileOf(name), { force: true }),
  };
}
