// A file that another process writes, passed on while it grows.

import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { sleep } from '#base';

const CHUNK = 64 * 1024;
const EVERY_MS = 25;

/**
 * Writes the file's bytes to `out` as they come, until `ended` says so and all is passed on. A file that never appears is
 * an empty one. Throws what `out` fails with. `out` stays open.
 */
export async function followFile(
  path: string,
  out: NodeJS.WritableStream,
  ended: () => boolean,
): Promise<number> {
  let failure: Error | undefined;
  const onError = (error: Error) => {
    failure ??= error;
  };
  out.on('error', onError);
  let file: FileHandle | undefined;
  let at = 0;
  const buffer = Buffer.alloc(CHUNK);
  try {
    for (;;) {
      // Asked before reading: what was written before the end is read after it.
      const last = ended();
      file ??= await open(path).catch(() => undefined);
      for (;;) {
        const { bytesRead } = (await file?.read(buffer, 0, CHUNK, at)) ?? { bytesRead: 0 };
        if (failure) throw failure;
        if (bytesRead === 0) break;
        at += bytesRead;
        if (!out.write(Uint8Array.from(buffer.subarray(0, bytesRead)))) await drained(out, () => failure);
      }
      if (last) return at;
      await sleep(EVERY_MS);
    }
  } finally {
    out.off('error', onError);
    await file?.close();
  }
}

/** Whatever ends the wait: room, or a reader that has gone. */
async function drained(out: NodeJS.WritableStream, failed: () => Error | undefined): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    await Promise.race([
      once(out, 'drain', { signal }).catch(() => undefined),
      once(out, 'close', { signal }).catch(() => undefined),
    ]);
  } finally {
    stop.abort();
  }
  const failure = failed();
  if (failure) throw failure;
}
