import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Scope, seededRandom, systemClock } from '#base';
import { type LinkShape, unshaped } from './shape.ts';
import { splice } from './splice.ts';

let scope: Scope;
beforeEach(() => {
  scope = new Scope('splice');
});
afterEach(() => scope.close());

/** Two real TCP connections: what is written into `phone` comes out of `host`. */
async function cable(): Promise<{ phone: Socket; host: Socket }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const phone = connect((server.address() as { port: number }).port, '127.0.0.1');
  const host = await accepted;
  server.close();
  scope.add(() => void phone.destroy());
  scope.add(() => void host.destroy());
  phone.on('error', () => undefined);
  return { phone, host };
}

async function link(shape: LinkShape) {
  const [left, right] = [await cable(), await cable()];
  const joined = splice(left.host, right.host, { shape, clock: systemClock, random: seededRandom(3) });
  scope.add(() => joined.close());
  return { left: left.phone, right: right.phone, joined };
}

/** Reads that many bytes and leaves the socket open: ending it would end the link. */
function readAll(socket: Socket, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length >= bytes) resolve(Buffer.concat(parts));
    });
  });
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a spliced link', () => {
  test.each([
    ['unshaped', unshaped, 8_000_000],
    ['delayed', { ...unshaped, delayMs: 15 }, 2_000_000],
    ['lossy and slow', { delayMs: 2, loss: 0.002, rateBytesPerSecond: 4_000_000 }, 1_000_000],
  ])('%s: carries every byte both ways, in order', async (_name, shape, size) => {
    const { left, right, joined } = await link(shape);
    const [there, back] = [randomBytes(size), randomBytes(size)];
    left.write(there);
    right.write(back);
    const [gotThere, gotBack] = await Promise.all([readAll(right, size), readAll(left, size)]);
    expect(digest(gotThere)).toBe(digest(there));
    expect(digest(gotBack)).toBe(digest(back));
    expect(joined.stats).toEqual({ bytesAtoB: size, bytesBtoA: size });
  });

  test('dies as a whole when one side dies, even with bytes waiting', async () => {
    const { left, right, joined } = await link({ ...unshaped, delayMs: 10_000 });
    left.write('waits for ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
    right.destroy();
    expect(await joined.ended).toMatch(/side|ended/);
    await new Promise((resolve) => left.once('close', resolve).resume());
  });
});
