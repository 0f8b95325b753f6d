// Files that clients sent for tasks and installs: kept for one run of the lab host, removed when used or at its end.

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AbhayaError } from '#base';
import type { UploadView } from '#schemas';

export interface UploadStore {
  put(source: Readable, options: { maxBytes: number; name?: string | undefined }): Promise<UploadView>;
  /** Throws `not-found`. */
  open(uploadId: string): Promise<{ stream: Readable; bytes: number; name: string | undefined }>;
  pathOf(uploadId: string): string;
  remove(uploadId: string): Promise<void>;
}

const UPLOAD_ID = /^[0-9a-f]{24}$/;

export function createUploadStore(dir: string): UploadStore {
  const pathOf = (uploadId: string): string => {
    if (!UPLOAD_ID.test(uploadId)) throw new AbhayaError('not-found', 'there is no such upload');
    return path.join(dir, uploadId);
  };
  const names = new Map<string, string>();
  return {
    pathOf,
    async put(source, { maxBytes, name }) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const uploadId = randomBytes(12).toString('hex');
      const hash = createHash('sha256');
      let bytes = 0;
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          hash.update(chunk);
          done(
            bytes > maxBytes
              ? new AbhayaError('input.too-large', `at most ${maxBytes} bytes are taken`)
              : null,
            chunk,
          );
        },
      });
      try {
        await pipeline(source, count, createWriteStream(pathOf(uploadId), { flags: 'wx', mode: 0o600 }));
      } catch (error) {
        await rm(pathOf(uploadId), { force: true });
        if (error instanceof AbhayaError) throw error;
        throw new AbhayaError('input.invalid', `the upload broke off: ${(error as Error).message}`, {
          cause: error,
        });
      }
      if (name !== undefined) names.set(uploadId, name);
      return { uploadId, bytes, sha256: hash.digest('hex') };
    },
    async open(uploadId) {
      const file = pathOf(uploadId);
      const found = await stat(file).catch(() => undefined);
      if (!found) throw new AbhayaError('not-found', 'there is no such upload; it may have been used before');
      return { stream: createReadStream(file), bytes: found.size, name: names.get(uploadId) };
    },
    async remove(uploadId) {
      names.delete(uploadId);
      await rm(pathOf(uploadId), { force: true });
    },
  };
}
