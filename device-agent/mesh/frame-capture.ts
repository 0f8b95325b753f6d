// Records what comes over a node's links, as its neighbours sent it and before it is judged: what a relay can see.
// Owns the file while it records. A record is: u64 milliseconds since the epoch, 32 bytes neighbour, u32 length, frame;
// integers big-endian.

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { AbhayaError, type Clock, type Unsubscribe } from '#base';
import type { NodeId } from './port.ts';

export interface FrameCapture {
  /** Begins a new recording over the last one; throws `conflict` when one runs. */
  start(): void;
  /** Ends the recording; resolves when the file is whole. Throws `conflict` when none runs. */
  stop(): Promise<CaptureSummary>;
  readonly file: string;
  close(): Promise<void>;
}

export interface CaptureSummary {
  readonly frames: number;
  readonly bytes: number;
  /** Frames that found no more room in the file. */
  readonly left: number;
}

const HEAD_BYTES = 8 + 32 + 4;

export function createFrameCapture(options: {
  source: { onFrame(listener: (frame: Uint8Array, from: NodeId) => void): Unsubscribe };
  file: string;
  maxBytes: number;
  clock: Clock;
}): FrameCapture {
  let running:
    | { stream: WriteStream; off: Unsubscribe; frames: number; bytes: number; left: number }
    | undefined;

  function take(frame: Uint8Array, from: NodeId): void {
    if (!running) return;
    if (running.bytes + HEAD_BYTES + frame.length > options.maxBytes) {
      running.left += 1;
      return;
    }
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(Math.floor(options.clock.now())), 0);
    head.write(from, 8, 'hex');
    head.writeUInt32BE(frame.length, HEAD_BYTES - 4);
    running.stream.write(Buffer.concat([head, frame]));
    running.frames += 1;
    running.bytes += HEAD_BYTES + frame.length;
  }

  async function stop(): Promise<CaptureSummary> {
    if (!running) throw new AbhayaError('conflict', 'no capture runs');
    const { stream, off, frames, bytes, left } = running;
    running = undefined;
    off();
    stream.end();
    await once(stream, 'close');
    return { frames, bytes, left };
  }

  return {
    file: options.file,
    start() {
      if (running) throw new AbhayaError('conflict', 'a capture runs already');
      const stream = createWriteStream(options.file, { mode: 0o600 });
      stream.on('error', () => running?.off());
      running = { stream, off: options.source.onFrame(take), frames: 0, bytes: 0, left: 0 };
    },
    stop,
    async close() {
      if (running) await stop();
    },
  };
}
