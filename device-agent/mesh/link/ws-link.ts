// One link: a WebSocket over TLS to a proven neighbour, with two bounded send queues, control before bulk.
// Owns its socket; ends once, with a reason that is a value.

import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Priority } from '../core/effects.ts';
import type { NodeId } from '../port.ts';

export type LinkEnd =
  /** Lost or closed by the peer, with its WebSocket code. */
  { readonly by: 'peer'; readonly code: number } | { readonly by: 'us'; readonly reason: LinkCloseReason };

export type LinkCloseReason = 'closed' | 'silent' | 'misbehaving' | 'duplicate' | 'overrun';

const closeCodes: Readonly<Record<LinkCloseReason, number>> = {
  closed: 1000,
  silent: 4408,
  misbehaving: 4400,
  duplicate: 4409,
  overrun: 4413,
};
export const DUPLICATE_CODE = closeCodes.duplicate;

/** What is known of a fresh connection: who is there, who dialled, and the dialler's number for it. */
export interface LinkFacts {
  readonly peer: NodeId;
  readonly dialledByUs: boolean;
  readonly number: number;
}

export interface LinkStats {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly queuedBytes: number;
  readonly droppedBulk: number;
}

// In the socket at most; so a control frame never waits behind more than this.
const IN_SOCKET_BYTES = 262_144;
const BULK_QUEUE_BYTES = 1_048_576;
const CONTROL_QUEUE_BYTES = 8_388_608;
const CLOSE_WAIT_MS = 300;

export class WsLink {
  readonly facts: LinkFacts;
  /** Resolves when the link is over. Never rejects. */
  readonly ended: Promise<LinkEnd>;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  #corked = false;
  readonly #control: Uint8Array[] = [];
  readonly #bulk: Uint8Array[] = [];
  #controlBytes = 0;
  #bulkBytes = 0;
  #end: ((end: LinkEnd) => void) | undefined;
  #onDrain: (() => void) | undefined;
  readonly #stats = { bytesSent: 0, bytesReceived: 0, framesSent: 0, framesReceived: 0, droppedBulk: 0 };

  /** Takes over an open WebSocket and the socket that it runs on. Frames wait until start(). */
  constructor(ws: WebSocket, socket: Duplex, facts: LinkFacts) {
    this.#ws = ws;
    this.#socket = socket;
    this.facts = facts;
    ws.pause();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    ws.on('close', (code) => this.#finish({ by: 'peer', code }));
    // 'close' follows; without a listener the error would end the process.
    ws.on('error', (error: Error & { code?: string }) => {
      // ws judges the framing, the 64 KiB among it, and tells the peer why it closes: leave it the time to.
      if (error.code?.startsWith('WS_ERR_')) {
        this.#finish({ by: 'us', reason: 'misbehaving' });
        this.#terminateIn(CLOSE_WAIT_MS);
      } else ws.terminate();
    });
  }

  /** onDrain: the bulk queue has room again after it was full. */
  start(onFrame: (frame: Uint8Array) => void, onDrain: () => void): void {
    this.#onDrain = onDrain;
    this.#ws.on('message', (data: RawData, isBinary: boolean) => {
      if (!this.#end) return;
      const frame = data as Buffer; // binaryType is 'nodebuffer'
      // Text is no frame of ours: an empty frame is counted as malformed like any other.
      this.#stats.bytesReceived += frame.length;
      this.#stats.framesReceived += 1;
      onFrame(isBinary ? frame : new Uint8Array());
    });
    this.#ws.resume();
  }

  get open(): boolean {
    return this.#end !== undefined;
  }

  /** Bytes that bulk may still queue. */
  get bulkRoom(): number {
    return this.open ? Math.max(0, BULK_QUEUE_BYTES - this.#bulkBytes) : 0;
  }

  /** False when the frame was dropped: bulk on a full queue, or a link that is over. */
  send(frame: Uint8Array, priority: Priority): boolean {
    if (!this.open) return false;
    if (priority === 'bulk') {
      if (this.#bulkBytes + frame.length > BULK_QUEUE_BYTES) {
        this.#stats.droppedBulk += 1;
        return false;
      }
      this.#bulk.push(frame);
      this.#bulkBytes += frame.length;
    } else {
      // A neighbour that reads nothing while control piles up is as good as dead.
      if (this.#controlBytes + frame.length > CONTROL_QUEUE_BYTES) {
        this.close('overrun');
        return false;
      }
      this.#control.push(frame);
      this.#controlBytes += frame.length;
    }
    this.#pump();
    return true;
  }

  #pump(): void {
    const wasFull = this.#bulkBytes > BULK_QUEUE_BYTES / 2;
    while (this.open && this.#ws.bufferedAmount < IN_SOCKET_BYTES) {
      const frame = this.#next();
      if (!frame) break;
      this.#stats.bytesSent += frame.length;
      this.#stats.framesSent += 1;
      this.#cork();
      this.#ws.send(frame, this.#sent);
    }
    if (wasFull && this.#bulkBytes <= BULK_QUEUE_BYTES / 2) this.#onDrain?.();
  }

  /** Frames of one turn leave in one write: each write costs every process on a bridged link's way. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }

  readonly #sent = (): void => {
    if (this.#controlBytes + this.#bulkBytes > 0) this.#pump();
  };

  #next(): Uint8Array | undefined {
    const control = this.#control.shift();
    if (control) {
      this.#controlBytes -= control.length;
      return control;
    }
    const bulk = this.#bulk.shift();
    if (bulk) this.#bulkBytes -= bulk.length;
    return bulk;
  }

  stats(): LinkStats {
    return { ...this.#stats, queuedBytes: this.#controlBytes + this.#bulkBytes + this.#ws.bufferedAmount };
  }

  /** Over at once for us; the peer is told, if it still listens. Calling it twice is harmless. */
  close(reason: LinkCloseReason): void {
    if (!this.open) return;
    this.#finish({ by: 'us', reason });
    this.#ws.close(closeCodes[reason]);
    this.#terminateIn(reason === 'silent' ? 0 : CLOSE_WAIT_MS);
  }

  #terminateIn(ms: number): void {
    const timer = setTimeout(() => this.#ws.terminate(), ms);
    this.#ws.once('close', () => clearTimeout(timer));
  }

  #finish(end: LinkEnd): void {
    const resolve = this.#end;
    this.#end = undefined;
    this.#control.length = 0;
    this.#bulk.length = 0;
    this.#controlBytes = 0;
    this.#bulkBytes = 0;
    resolve?.(end);
  }

  /** Resolves when the socket itself is gone. */
  async gone(): Promise<void> {
    if (this.#ws.readyState === this.#ws.CLOSED) return;
    await new Promise<void>((resolve) => this.#ws.once('close', () => resolve()));
  }
}
