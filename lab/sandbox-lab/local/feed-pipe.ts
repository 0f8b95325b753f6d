// A named pipe, and what flows through it into the launcher: a service's input that comes while the service runs.

import { execFile } from 'node:child_process';
import { constants, open as openDescriptor } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { AbhayaError } from '#base';

/** Throws `host.setup`. Node.js can't make one itself. */
export async function makePipe(path: string): Promise<void> {
  await promisify(execFile)('mkfifo', ['-m', '600', path]).catch((cause: Error) => {
    throw new AbhayaError('host.setup', `mkfifo, of the system's coreutils, fails: ${cause.message}`, {
      cause,
    });
  });
}

/**
 * Gives `input` to whoever opens the pipe to read it: to its end, until the reader has gone, or until `signal`, which is to
 * be aborted where no reader can come any more. Destroys `input`. Throws `input.invalid` with what `input` fails with.
 */
export async function feedPipe(
  path: string,
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<void> {
  let reader: Promise<FileHandle> | undefined;
  // Opening waits for a reader, in a thread that nothing else can call back: that one is us then.
  const comeAsReader = () => {
    reader = open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  };
  signal.addEventListener('abort', comeAsReader, { once: true });
  // It may fail before there is a reader: pipeline tells of that, too, but is not there yet.
  const heard = () => undefined;
  input.on('error', heard);
  if (signal.aborted) comeAsReader();
  try {
    const fd = await promisify(openDescriptor)(path, 'w');
    await pipeline(input, new Socket({ fd, readable: false, writable: true }), { signal });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (!signal.aborted && code !== 'EPIPE')
      throw new AbhayaError('input.invalid', `the input can't be read: ${message}`, { cause });
  } finally {
    signal.removeEventListener('abort', comeAsReader);
    input.off('error', heard);
    await (await reader)?.close();
  }
}
