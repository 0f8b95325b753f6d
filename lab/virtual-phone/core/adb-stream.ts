// One stream inside an adb connection. Flow control: each side has at most one WRTE that isn't OKAYed.
// Source: AOSP packages/modules/adb/protocol.txt. Owned by its AdbConnection.

import { AbhayaError } from '#base';
import { command } from './packet.ts';

export interface StreamPort {
  send(kind: number, arg0: number, arg1: number, payload?: Uint8Array): void;
  gone(): void;
}

/** Takes bytes from the host. The host may send more when the promise has resolved. */
export type StreamSink = (chunk: Uint8Array) => void | Promise<void>;

export class AdbStream {
  readonly localId: number;
  readonly maxPayload: number;
  /** Resolves when the stream is over, whoever ended it. Never rejects. */
  readonly closed: Promise<void>;
  readonly #port: StreamPort;
  #remoteId: number;
  #resolveClosed: () => void = () => {};
  #over = false;
  #sink: StreamSink | undefined;
  #onEnd: (() => void) | undefined;
  #inbox: Uint8Array[] = [];
  #delivering = false;
  #peerClosed = false;
  #mayWrite: boolean;
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(localId: number, remoteId: number, maxPayload: number, port: StreamPort) {
    this.localId = localId;
    this.#remoteId = remoteId;
    this.maxPayload = maxPayload;
    this.#port = port;
    this.#mayWrite = false;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get remoteId(): number {
    return this.#remoteId;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Says yes to the host's OPEN. `onEnd` comes once, after the last byte, when the host has closed. */
  accept(sink: StreamSink, onEnd?: () => void): void {
    if (this.#over) {
      onEnd?.();
      return;
    }
    this.#sink = sink;
    this.#onEnd = onEnd;
    this.#mayWrite = true;
    this.#port.send(command.OKAY, this.localId, this.#remoteId);
    this.#deliver();
  }

  /** For streams that we opened: where the host's bytes go. */
  attach(sink: StreamSink, onEnd?: () => void): void {
    this.#sink = sink;
    this.#onEnd = onEnd;
    this.#deliver();
  }

  /** Says no to the host's OPEN. */
  refuse(): void {
    if (this.#over) return;
    this.#port.send(command.CLSE, 0, this.#remoteId);
    this.#finish();
  }

  /** Resolves when the host has taken the bytes; throws `closed` when it no longer can. Any length. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += this.maxPayload) {
      const part = bytes.length <= this.maxPayload ? bytes : bytes.subarray(at, at + this.maxPayload);
      while (!this.#mayWrite) await this.#room();
      if (this.#over) throw new AbhayaError('closed', 'the host closed the stream');
      this.#mayWrite = false;
      this.#port.send(command.WRTE, this.localId, this.#remoteId, part);
    }
  }

  /** Waits until the host has taken the last write, then closes. Calling it twice is harmless. */
  async end(): Promise<void> {
    try {
      while (!this.#mayWrite) await this.#room();
    } catch {
      // closed meanwhile
    }
    this.close();
  }

  /** Closes at once; bytes that the host hasn't taken may be lost. Calling it twice is harmless. */
  close(): void {
    if (this.#over) return;
    this.#port.send(command.CLSE, this.localId, this.#remoteId);
    this.#finish();
  }

  onOkay(remoteId: number): void {
    if (this.#remoteId === 0) this.#remoteId = remoteId;
    this.#mayWrite = true;
    this.#waiters.shift()?.resolve();
  }

  onWrite(payload: Uint8Array): void {
    // A peer that doesn't wait for OKAY would fill our memory: two packets cover every honest one.
    if (this.#inbox.length >= 2)
      throw new AbhayaError('wire.malformed', 'adb stream: WRTE without waiting for OKAY');
    this.#inbox.push(payload);
    this.#deliver();
  }

  onClose(remoteId: number): void {
    if (this.#remoteId !== 0 && remoteId !== 0 && remoteId !== this.#remoteId) return;
    this.#peerClosed = true;
    this.#failWaiters();
    // What came before the close is delivered first: OKAY, WRTE and CLSE may come in one read.
    if (!this.#sink || (!this.#delivering && this.#inbox.length === 0)) this.#endByPeer();
  }

  connectionLost(): void {
    this.#peerClosed = true;
    if (!this.#over) this.#finish();
  }

  #deliver(): void {
    if (this.#delivering || !this.#sink) return;
    const next = this.#inbox.shift();
    if (!next) {
      if (this.#peerClosed) this.#endByPeer();
      return;
    }
    this.#delivering = true;
    const sink = this.#sink;
    (async () => sink(next))().then(
      () => {
        this.#delivering = false;
        if (!this.#over && !this.#peerClosed) this.#port.send(command.OKAY, this.localId, this.#remoteId);
        this.#deliver();
      },
      () => {
        this.#delivering = false;
        this.#inbox = [];
        this.close();
      },
    );
  }

  #endByPeer(): void {
    if (this.#over) return;
    this.#port.send(command.CLSE, this.localId, this.#remoteId);
    this.#finish();
  }

  #finish(): void {
    this.#over = true;
    this.#failWaiters();
    this.#port.gone();
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.();
    this.#resolveClosed();
  }

  #failWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(new AbhayaError('closed', 'the host closed the stream'));
  }

  #room(): Promise<void> {
    if (this.#over || this.#peerClosed) {
      return Promise.reject(new AbhayaError('closed', 'the host closed the stream'));
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }
}
