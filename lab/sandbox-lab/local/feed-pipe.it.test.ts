import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poll } from '#base';
import { feedPipe, makePipe } from './feed-pipe.ts';

let folder = '';
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abhaya-pipe-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function pipe(): Promise<string> {
  made += 1;
  const path = join(folder, `pipe${made}`);
  await makePipe(path);
  return path;
}

const never = () => new AbortController().signal;
/** Comes as the launcher does: it waits for no writer. */
const readerOf = (path: string) => open(path, constants.O_RDONLY | constants.O_NONBLOCK);

/** Until something has come: there is nothing to read, or no writer yet, for a while. */
const firstOf = (reader: FileHandle) =>
  poll(
    async () => {
      const { bytesRead } = await reader.read(Buffer.alloc(1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EAGAIN') return { bytesRead: 0 };
        throw error;
      });
      return bytesRead > 0 || undefined;
    },
    { everyMs: 5, timeoutMs: 30_000, what: 'the first byte' },
  );

test('all of it reaches the reader, whoever came first', async () => {
  const path = await pipe();
  const text = 'pear '.repeat(100_000);
  const feeding = feedPipe(path, Readable.from([text.slice(0, 7), text.slice(7)]), never());
  expect((await readFile(path)).toString() === text).toBe(true);
  await feeding;
});

test('a reader that goes ends it, and the input', async () => {
  const path = await pipe();
  const input = new PassThrough();
  const feeding = feedPipe(path, input, never());
  const reader = await readerOf(path);
  input.write(Buffer.alloc(1_000_000)); // more than a pipe holds
  await firstOf(reader); // the writer has come: it waits for nobody any more
  await reader.close();
  await feeding;
  expect(input.destroyed).toBe(true);
});

test.each(['before', 'while'])('no reader: it is let go, aborted %s it waits', async (when) => {
  const stop = new AbortController();
  if (when === 'before') stop.abort();
  const input = new PassThrough();
  const feeding = feedPipe(await pipe(), input, stop.signal);
  stop.abort();
  await feeding;
  expect(input.destroyed).toBe(true);
});

test('an input that fails is told', async () => {
  const path = await pipe();
  const input = new PassThrough();
  const feeding = feedPipe(path, input, never());
  const reader = await readerOf(path);
  input.destroy(new Error('the disk is gone'));
  await expect(feeding).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining('gone'),
  });
  await reader.close();
});

test('where none can be made', async () => {
  await expect(makePipe('/none/pipe')).rejects.toMatchObject({ code: 'host.setup' });
});
