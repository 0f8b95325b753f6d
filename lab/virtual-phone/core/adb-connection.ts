// One host's connection to the phone: a state machine from bytes to bytes. CNXN, AUTH, then streams.
// Owns the streams. No sockets, no clock: the adapter feeds receive() and writes what send() gets.

import { AbhayaError, type Random } from '#base';
import { AdbStream } from './adb-stream.ts';
import { auth, type HostKey, TOKEN_BYTES } from './auth.ts';
import {
  command,
  encodeHeader,
  MAX_PAYLOAD,
  type Packet,
  PacketDecoder,
  VERSION_CHECKSUM,
  VERSION_NO_CHECKSUM,
} from './packet.ts';

export const MAX_STREAMS = 512;
const MAX_SERVICE_BYTES = 64 * 1024;
const MAX_AUTH_ATTEMPTS = 64;

export interface ConnectionPort {
  /** Writes to the host, in order. */
  send(...parts: Uint8Array[]): void;
  /** Host keys that the phone's user has allowed. */
  acceptedKeys(): readonly HostKey[];
  /** Reads the payload of AUTH type 3; throws `wire.malformed`. */
  parseKey(line: string): HostKey;
  /** The host offers a key that isn't accepted: a phone would now ask its user. */
  askUser(key: HostKey): void;
  onAuthorized(key: HostKey | undefined): void;
  /** The host opens a service: call stream.accept() or stream.refuse(), now or later. */
  open(stream: AdbStream, service: string): void;
}

export interface ConnectionOptions {
  /** `device::ro.product.name=...;features=...` */
  readonly banner: string;
  readonly random: Random;
  readonly port: ConnectionPort;
}

type State = 'waiting' | 'authenticating' | 'connected' | 'closed';

export class AdbConnection {
  readonly #options: ConnectionOptions;
  readonly #decoder = new PacketDecoder();
  readonly #streams = new Map<number, AdbStream>();
  #state: State = 'waiting';
  #token: Uint8Array = new Uint8Array(0);
  #attempts = 0;
  #offered: HostKey | undefined;
  #nextId = 1;
  /** What we may send in one packet. */
  #maxPayload = 4096;
  #checksums = true;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): State {
    return this.#state;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** The key that the host offered and nobody has accepted yet. */
  get offeredKey(): HostKey | undefined {
    return this.#offered;
  }

  /** Takes bytes from the host. Throws `wire.*`: the adapter then closes the socket and calls close(). */
  receive(chunk: Uint8Array): void {
    this.#decoder.push(chunk, (packet) => {
      if (this.#state !== 'closed') this.#handle(packet);
    });
  }

  /** The user tapped "allow": an offered key becomes the connection's key. False when none was offered. */
  acceptOffered(): boolean {
    if (this.#state !== 'authenticating' || !this.#offered) return false;
    this.#connect(this.#offered);
    return true;
  }

  /** Opens a stream to a service of the host (reverse forwards). Throws `closed` when not connected. */
  openToHost(service: string): AdbStream {
    if (this.#state !== 'connected') throw new AbhayaError('closed', 'no host is connected');
    const stream = this.#newStream(0);
    this.#send(command.OPEN, stream.localId, 0, Buffer.from(`${service}\0`));
    return stream;
  }

  /** Ends every stream. Calling it twice is harmless. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const stream of [...this.#streams.values()]) stream.connectionLost();
    this.#streams.clear();
  }

  #handle(packet: Packet): void {
    // Anything but CNXN and AUTH before the host has proved itself is dropped, as a phone does. So is an unknown
    // command: newer hosts may know more than we do.
    const known = packet.command === command.CNXN || packet.command === command.AUTH;
    if (!known && this.#state !== 'connected') return;
    switch (packet.command) {
      case command.CNXN:
        this.#onConnect(packet);
        break;
      case command.AUTH:
        this.#onAuth(packet);
        break;
      case command.OPEN:
        this.#onOpen(packet);
        break;
      case command.OKAY:
        this.#streamFor(packet)?.onOkay(packet.arg0);
        break;
      case command.WRTE:
        this.#onWrite(packet);
        break;
      case command.CLSE:
        this.#streams.get(packet.arg1)?.onClose(packet.arg0);
        break;
    }
  }

  #onConnect(packet: Packet): void {
    if (packet.arg0 < VERSION_CHECKSUM || packet.arg1 < 1024) {
      throw new AbhayaError('wire.version', `adb version ${packet.arg0.toString(16)}, ${packet.arg1} bytes`);
    }
    // A second CNXN starts again: whatever the first one had opened is gone.
    for (const stream of [...this.#streams.values()]) stream.connectionLost();
    this.#streams.clear();
    this.#checksums = packet.arg0 < VERSION_NO_CHECKSUM;
    this.#decoder.verifyChecksum = this.#checksums;
    this.#decoder.maxPayload = 4096;
    this.#maxPayload = Math.min(packet.arg1, MAX_PAYLOAD);
    this.#state = 'authenticating';
    this.#offered = undefined;
    this.#challenge();
  }

  #challenge(): void {
    if (++this.#attempts > MAX_AUTH_ATTEMPTS)
      throw new AbhayaError('wire.malformed', 'too many AUTH attempts');
    this.#token = this.#options.random.bytes(TOKEN_BYTES);
    this.#send(command.AUTH, auth.token, 0, this.#token);
  }

  #onAuth(packet: Packet): void {
    if (this.#state !== 'authenticating') return;
    if (packet.arg0 === auth.signature) {
      const key = this.#options.port.acceptedKeys().find((k) => k.verify(this.#token, packet.payload));
      if (key) this.#connect(key);
      else this.#challenge();
    } else if (packet.arg0 === auth.publicKey) {
      this.#offered = this.#options.port.parseKey(Buffer.from(packet.payload).toString('latin1'));
      this.#options.port.askUser(this.#offered);
    }
  }

  #connect(key: HostKey): void {
    this.#state = 'connected';
    this.#attempts = 0;
    this.#offered = undefined;
    this.#decoder.maxPayload = MAX_PAYLOAD;
    this.#send(command.CNXN, VERSION_NO_CHECKSUM, MAX_PAYLOAD, Buffer.from(this.#options.banner));
    this.#options.port.onAuthorized(key);
  }

  #onOpen(packet: Packet): void {
    const service = Buffer.from(packet.payload).toString('utf8').replace(/\0$/, '');
    const full = this.#streams.size >= MAX_STREAMS || packet.payload.length > MAX_SERVICE_BYTES;
    if (packet.arg0 === 0 || full) this.#send(command.CLSE, 0, packet.arg0);
    else this.#options.port.open(this.#newStream(packet.arg0), service);
  }

  #onWrite(packet: Packet): void {
    const stream = this.#streamFor(packet);
    // A write to a stream that we have closed: say so again, or the host waits for ever.
    if (stream) stream.onWrite(packet.payload);
    else this.#send(command.CLSE, 0, packet.arg0);
  }

  /** The stream that both ids name: a peer can't speak for a stream by guessing one of them. */
  #streamFor(packet: Packet): AdbStream | undefined {
    const stream = this.#streams.get(packet.arg1);
    return stream && (stream.remoteId === packet.arg0 || stream.remoteId === 0) ? stream : undefined;
  }

  #newStream(remoteId: number): AdbStream {
    while (this.#streams.has(this.#nextId) || this.#nextId === 0) this.#nextId = (this.#nextId + 1) >>> 0;
    const localId = this.#nextId;
    this.#nextId = (this.#nextId + 1) >>> 0;
    const stream = new AdbStream(localId, remoteId, this.#maxPayload, {
      send: (kind, arg0, arg1, payload) => this.#send(kind, arg0, arg1, payload),
      gone: () => this.#streams.delete(localId),
    });
    this.#streams.set(localId, stream);
    return stream;
  }

  #send(kind: number, arg0: number, arg1: number, payload?: Uint8Array): void {
    if (this.#state === 'closed') return;
    // Until both sides have agreed on a version, a checksum harms nobody.
    const header = encodeHeader(kind, arg0, arg1, payload, {
      checksum: this.#checksums || kind === command.CNXN || kind === command.AUTH,
    });
    if (payload && payload.length > 0) this.#options.port.send(header, payload);
    else this.#options.port.send(header);
  }
}
