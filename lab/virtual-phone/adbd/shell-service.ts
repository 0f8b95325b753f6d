// shell and exec services: one command inside the phone per stream.

import type { Readable } from 'node:stream';
import type { AdbStream, Service } from '../core/index.ts';
import { ShellDecoder, shellFrame, shellId } from '../core/index.ts';
import type { RunningCommand, Walls } from '../isolation/walls.ts';

type ShellRequest = Extract<Service, { kind: 'shell' }>;

/** Room for a frame's five bytes in one adb payload. */
const FRAME_HEADER = 5;

export function serveShell(stream: AdbStream, request: ShellRequest, walls: Walls): Promise<void> {
  const { command, v2, pty, term } = request;
  const running = walls.run(command, {
    merge: !v2 && !pty,
    ...(pty ? { pty: { size: '24x80', term } } : {}),
  });
  return v2 ? serveV2(stream, running, pty) : serveRaw(stream, running);
}

export function serveExec(stream: AdbStream, command: string, walls: Walls): Promise<void> {
  return serveRaw(stream, walls.run(command, { merge: true }));
}

async function serveRaw(stream: AdbStream, running: RunningCommand): Promise<void> {
  // Old hosts can't close a command's input alone: closing the stream ends the command.
  stream.accept(
    (chunk) => feed(running, chunk),
    () => running.hangUp(),
  );
  running.stderr.resume();
  await pump(running.stdout, (chunk) => stream.write(chunk));
  await running.exit;
  await stream.end();
}

async function serveV2(stream: AdbStream, running: RunningCommand, pty: boolean): Promise<void> {
  const decoder = new ShellDecoder();
  stream.accept(
    async (chunk) => {
      const frames: [number, Uint8Array][] = [];
      decoder.push(chunk, (id, bytes) => frames.push([id, bytes]));
      for (const [id, bytes] of frames) {
        if (id === shellId.stdin) await feed(running, bytes);
        else if (id === shellId.closeStdin && !pty) running.stdin.end();
        else if (id === shellId.windowSize)
          running.resize(
            Buffer.from(bytes)
              .toString('latin1')
              .replace(/[^\dx,]/g, ''),
          );
      }
    },
    () => running.hangUp(),
  );
  const room = stream.maxPayload - FRAME_HEADER;
  const send = (id: number) => async (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length; at += room)
      await stream.write(shellFrame(id, chunk.subarray(at, at + room)));
  };
  await Promise.all([pump(running.stdout, send(shellId.stdout)), pump(running.stderr, send(shellId.stderr))]);
  const code = await running.exit;
  await stream.write(shellFrame(shellId.exit, Uint8Array.of(code & 0xff))).catch(() => {});
  await stream.end();
}

/** Writes to the command's input; resolves when it has room again, or has ended. */
function feed(running: RunningCommand, chunk: Uint8Array): Promise<void> | void {
  if (running.stdin.destroyed || running.stdin.writableEnded || running.stdin.write(chunk)) return;
  return new Promise((resolve) => {
    const done = () => {
      running.stdin.off('drain', done);
      running.stdin.off('close', done);
      resolve();
    };
    running.stdin.on('drain', done);
    running.stdin.on('close', done);
  });
}

/** Passes everything on in order; a host that is gone ends it quietly (the command has been hung up then). */
async function pump(from: Readable, to: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of from) await to(chunk as Buffer);
  } catch {
    from.destroy();
  }
}
