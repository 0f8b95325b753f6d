// Bytes per second through a service that gives its input back: from its first byte to the report, or its whole wall clock
// where it reads all first; natively beside the same program without the sandbox, with and without the filter.

import { open } from 'node:fs/promises';
import { AbhayaError } from '#base';
import { completed } from './bench-jobs.ts';
import type { Clock } from './clock.ts';
import type { Bench } from './measure-sandbox.ts';
import type { ProbeService } from './probe-services.ts';

export const pipeSteps = (rounds: number, runs: number): number => rounds * runs;

const MIB = 1024 ** 2;

/** `clocks` echo the native service's input. */
export async function measurePipes(bench: Bench, rounds: number, clocks: readonly Clock[]): Promise<void> {
  for (const service of bench.services) {
    const { runtime, echoBytes } = service;
    const peers = runtime === 'native' ? clocks : [];
    for (let round = 0; round < rounds; round++) {
      const turns = [undefined, ...peers];
      for (let i = 0; i < turns.length; i++) {
        const clock = turns[(i + round) % turns.length];
        bench.step(`pipe: ${runtime}${clock ? `, ${clock.name}` : ''}`);
        const ms = clock ? await clockedMs(bench, clock, echoBytes) : await sandboxedMs(bench, service);
        const about = {
          what: 'pipe',
          runtime,
          unit: 'MB/s',
          ...(clock ? { peer: clock.name } : {}),
        } as const;
        bench.book.add(about, echoBytes / 1e6 / (ms / 1_000));
      }
    }
  }
}

async function sandboxedMs(bench: Bench, { runtime, echoBytes, streams }: ProbeService): Promise<number> {
  const run = await bench.run(bench.cold, runtime, 'echo', { maxOutputBytes: echoBytes + MIB });
  const { bytesOut, firstByteMs = 0, wallMs } = completed(`${runtime}, echo`, run);
  wantAll(bytesOut, echoBytes);
  // Where all is read before anything is given back, the first byte comes late: the launcher's own time has no start in it.
  return streams ? run.askedMs - firstByteMs : Math.max(1, wallMs);
}

async function clockedMs(bench: Bench, clock: Clock, bytes: number): Promise<number> {
  const { firstMs, totalMs, bytesOut } = await clock.run(bench.signal);
  wantAll(bytesOut, bytes);
  return totalMs - (firstMs ?? 0);
}

function wantAll(got: number, bytes: number): void {
  if (got !== bytes)
    throw new AbhayaError('sandbox.unavailable', `the echo gave ${got} of ${bytes} bytes back`);
}

/** The input of an echo; written in pieces, as a phone's memory is small. */
export async function writeEchoInput(path: string, bytes: number, mark: string): Promise<void> {
  const piece = Buffer.alloc(MIB, 'abhaya ');
  const file = await open(path, 'w', 0o600);
  try {
    for (let at = 0; at < bytes; at += piece.length)
      await file.write(piece.subarray(0, Math.min(piece.length, bytes - at)));
    await file.write(mark, 0);
  } finally {
    await file.close();
  }
}
