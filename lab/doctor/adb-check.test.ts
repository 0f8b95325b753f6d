import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkAdbServer } from './adb-check.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** Answers in pieces, as TCP may. */
async function listening(...pieces: string[]): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const piece of pieces) socket.write(piece);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const none = 'Real phones need one';

test('a server says its protocol', async () => {
  const port = await listening('OKA', 'Y0004', '0029');
  const { ok, found } = await checkAdbServer({ name: 'adb', port });
  expect([ok, found]).toEqual([true, `answers at 127.0.0.1:${port}, protocol 41`]);
});

test('a port that something else has taken is a fault', async () => {
  const port = await listening('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(80, ' '));
  expect(await checkAdbServer({ name: 'adb', port, whenNone: none })).toMatchObject({ ok: false });
});

test('no server is a fault only where one is needed', async () => {
  const port = await listening();
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = undefined;
  expect(await checkAdbServer({ name: 'adb', port })).toMatchObject({ ok: false, fix: expect.any(String) });
  const fine = await checkAdbServer({ name: 'adb', port, whenNone: none });
  expect(fine).toMatchObject({ ok: true, found: expect.stringContaining(none) });
});
