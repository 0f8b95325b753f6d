import { describe, expect, test } from 'vitest';
import { AbhayaError } from '#base';
import { ReadQueue } from './read-queue.ts';
import { WriteQueue } from './write-queue.ts';

const bytes = (n: number) => new Uint8Array(n).fill(n);

describe('the writer of a stream', () => {
  test('gets its small writes sent together, its large ones in pieces', async () => {
    const queue = new WriteQueue(() => {});
    for (const n of [3, 4, 5]) await queue.write(bytes(n));
    expect([...(queue.take(100, 10) ?? [])]).toEqual([3, 3, 3, 4, 4, 4, 4, 5, 5, 5]);
    expect(queue.take(100, 10)?.length).toBe(2);
    expect(queue.take(100, 10)).toBeUndefined();
  });

  test('has ended only when its last byte was taken, however small the window was', async () => {
    const queue = new WriteQueue(() => {});
    await queue.write(bytes(10));
    const ended = queue.end();
    expect(queue.take(9, 10)).toBeUndefined();
    expect(queue.drained).toBe(false);
    expect(queue.take(10, 10)?.length).toBe(10);
    expect(queue.drained).toBe(true);
    queue.complete();
    await ended;
  });

  test('waits while too much is queued, and learns of a reset', async () => {
    const queue = new WriteQueue(() => {});
    let room = false;
    const writing = queue.write(new Uint8Array(1_000_000)).then(() => {
      room = true;
    });
    await Promise.resolve();
    expect(room).toBe(false);
    while (queue.take(65_536, 65_536));
    await writing;
    queue.fail(new AbhayaError('mesh.stream-reset', 'gone'));
    await expect(queue.write(bytes(1))).rejects.toMatchObject({ code: 'mesh.stream-reset' });
    await expect(queue.end()).rejects.toMatchObject({ code: 'mesh.stream-reset' });
  });
});

describe('the reader of a stream', () => {
  test('gets everything that came before a reset, then the reset', async () => {
    const read: number[] = [];
    const queue = new ReadQueue(
      (n) => read.push(n),
      () => {},
    );
    queue.push(bytes(2));
    queue.fail(new AbhayaError('mesh.stream-reset', 'gone'));
    expect((await queue.next()).value).toEqual(bytes(2));
    await expect(queue.next()).rejects.toMatchObject({ code: 'mesh.stream-reset' });
    expect(read).toEqual([2]);
  });

  test('that leaves before the end says so; one that read all does not', async () => {
    let left = 0;
    const make = () =>
      new ReadQueue(
        () => {},
        () => {
          left += 1;
        },
      );
    const early = make();
    early.push(bytes(1));
    early.push(bytes(1));
    for await (const _ of early) break;
    expect(left).toBe(1);
    const whole = make();
    whole.push(bytes(1));
    whole.finish();
    for await (const _ of whole);
    await whole.return();
    expect(left).toBe(1);
  });
});
