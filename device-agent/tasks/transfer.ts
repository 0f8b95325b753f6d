// Files over mesh streams. Whoever wants one opens the stream and says from where on; a broken stream resumes where
// it ended, and the whole is checked by its hash. Limits and deadlines are the puller's.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Mesh, MeshStream, NodeId, WireValue } from '#agent/mesh';
import { AbhayaError, type Clock, isAbhayaError, sleep, throwIfAborted, withTimeout } from '#base';
import { decodeCbor, encodeCbor, parserOf, STREAM_HEAD_BYTES, StreamHead, type StreamHeader } from '#schemas';

/** A file that a peer may have. */
export interface ServableFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Who may have what: undefined refuses. */
export type FileGuard = (peer: NodeId, header: StreamHeader) => ServableFile | undefined;

const CHUNK = 64 * 1024;
const parseHead = parserOf(StreamHead, 'head of a stream');

/** Answers one request on an opened stream; never throws. */
export async function serveFile(
  stream: MeshStream,
  header: StreamHeader,
  file: ServableFile | undefined,
): Promise<void> {
  try {
    if (!file) return stream.reset('not for you, or not here');
    if (header.offset > file.bytes) return stream.reset('beyond the end');
    const kind = header.kind === 'retrieve_service' ? ('service_bundle' as const) : ('task_file' as const);
    await stream.write(
      framed(encodeCbor({ kind, bytes: file.bytes, sha256: file.sha256, offset: header.offset })),
    );
    if (header.offset < file.bytes) {
      const source = createReadStream(file.path, {
        start: header.offset,
        end: file.bytes - 1,
        highWaterMark: CHUNK,
      });
      for await (const chunk of source) await stream.write(chunk as Buffer);
    }
    await stream.end();
  } catch (error) {
    stream.reset(isAbhayaError(error) ? error.code : 'the file could not be read');
  }
}

function framed(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}

export interface PullOptions {
  readonly mesh: Mesh;
  readonly from: NodeId;
  /** The request for the bytes from an offset on. */
  readonly header: (offset: number) => StreamHeader;
  /** Where the bytes go; must not exist. */
  readonly target: string;
  /** What it must be; a package's size and hash are known only from its source. */
  readonly expect?: { readonly bytes: number; readonly sha256: string };
  readonly maxBytes: number;
  /** Gives up after so long without a byte. */
  readonly idleMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBytes?: (received: number, total: number) => void;
  /** Who serves files of our own, so that a pull from ourselves is a copy. */
  readonly own: FileGuard;
}

/**
 * Brings a file here, resuming over broken streams. Throws `wire.forged` when it isn't what was announced,
 * `wire.too-large`, `mesh.stream-reset` when nothing came for idleMs, `cancelled`.
 */
export async function pullFile(options: PullOptions): Promise<{ bytes: number; sha256: string }> {
  const { signal, clock, target } = options;
  const idleMs = options.idleMs ?? 8_000;
  throwIfAborted(signal);
  const state = { received: 0, total: options.expect?.bytes, sha256: options.expect?.sha256 };
  const hash = createHash('sha256');
  const handle = await open(target, 'wx', 0o600);
  let lastByteAt = clock.monotonic();
  const take = async (chunk: Uint8Array): Promise<void> => {
    throwIfAborted(signal);
    if (state.total === undefined || state.received + chunk.length > state.total)
      throw new AbhayaError('wire.forged', 'more bytes came than were announced');
    hash.update(chunk);
    await handle.writeFile(chunk);
    state.received += chunk.length;
    lastByteAt = clock.monotonic();
    options.onBytes?.(state.received, state.total);
  };
  try {
    let waitMs = 50;
    for (;;) {
      const before = state.received;
      try {
        if (options.from === options.mesh.nodeId) await copyOwn(options, state, take);
        else await pullOnce(options, state, take, idleMs);
      } catch (error) {
        const broken = isAbhayaError(error, 'mesh.stream-reset') || isAbhayaError(error, 'mesh.unroutable');
        if (!broken || clock.monotonic() - lastByteAt > idleMs) throw error;
        waitMs = state.received > before ? 50 : Math.min(1000, waitMs * 2);
        await sleep(waitMs, { signal });
        continue;
      }
      break;
    }
    const sha256 = hash.digest('hex');
    if (sha256 !== state.sha256)
      throw new AbhayaError('wire.forged', 'the bytes are not those that were announced');
    return { bytes: state.received, sha256 };
  } finally {
    await handle.close();
  }
}

interface PullState {
  received: number;
  total: number | undefined;
  sha256: string | undefined;
}

function learn(state: PullState, head: { bytes: number; sha256: string }, maxBytes: number): void {
  if ((state.total ?? head.bytes) !== head.bytes || (state.sha256 ?? head.sha256) !== head.sha256)
    throw new AbhayaError('wire.forged', 'the source announces another file than was asked for');
  if (head.bytes > maxBytes)
    throw new AbhayaError(
      'wire.too-large',
      `${head.bytes} bytes were announced; at most ${maxBytes} are taken`,
    );
  state.total = head.bytes;
  state.sha256 = head.sha256;
}

async function copyOwn(
  options: PullOptions,
  state: PullState,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const file = options.own(options.from, options.header(0));
  if (!file) throw new AbhayaError('wire.forged', 'the file is not here any more');
  learn(state, file, options.maxBytes);
  for await (const chunk of createReadStream(file.path, { highWaterMark: CHUNK }))
    await take(chunk as Buffer);
}

async function pullOnce(
  options: PullOptions,
  state: PullState,
  take: (chunk: Uint8Array) => Promise<void>,
  idleMs: number,
): Promise<void> {
  const { mesh, from, signal } = options;
  const header = options.header(state.received) as unknown as WireValue;
  const stream = await mesh.openStream(from, header, { signal });
  const onAbort = () => stream.reset('cancelled');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    stream.end().catch(() => undefined); // a reset shows on the reading side
    let pending: Uint8Array = new Uint8Array();
    let headRead = false;
    const chunks = stream.readable[Symbol.asyncIterator]();
    for (;;) {
      const next = await readWithin(chunks, idleMs, signal);
      if (next.done) break;
      if (headRead) {
        await take(next.value);
        continue;
      }
      pending = Buffer.concat([pending, next.value]);
      const rest = readHead(pending, state, options.maxBytes);
      if (!rest) continue;
      headRead = true;
      if (rest.length > 0) await take(rest);
    }
    if (!headRead || state.received !== state.total)
      throw new AbhayaError('mesh.stream-reset', 'the stream ended early');
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.reset('done');
  }
}

/** What follows the head in bytes, or undefined when the head isn't whole yet. */
function readHead(bytes: Uint8Array, state: PullState, maxBytes: number): Uint8Array | undefined {
  if (bytes.length < 4) return undefined;
  const length = Buffer.from(bytes.subarray(0, 4)).readUInt32BE();
  if (length > STREAM_HEAD_BYTES)
    throw new AbhayaError('wire.too-large', 'the head of a stream is too large');
  if (bytes.length < 4 + length) return undefined;
  const head = parseHead(decodeCbor(Uint8Array.from(bytes.subarray(4, 4 + length)), STREAM_HEAD_BYTES));
  if (head.offset !== state.received)
    throw new AbhayaError('wire.forged', 'the source begins at another place');
  learn(state, head, maxBytes);
  return bytes.subarray(4 + length);
}

async function readWithin(
  chunks: AsyncIterator<Uint8Array>,
  idleMs: number,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array>> {
  try {
    return await withTimeout(chunks.next(), idleMs, 'the next bytes of a stream');
  } catch (error) {
    throwIfAborted(signal);
    if (isAbhayaError(error, 'timeout'))
      throw new AbhayaError('mesh.stream-reset', 'the stream stands still');
    throw error;
  }
}
