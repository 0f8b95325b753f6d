// The adb server's list of phones, followed for ever: when the server dies, the list becomes empty and we subscribe
// again, with growing pauses. adbkit reads the list; it is never allowed to start a server.

import type { Client, Device } from '@devicefarmer/adbkit';
import * as adbkit from '@devicefarmer/adbkit';
import { type Clock, Emitter, type Logger, type Random, sleep } from '#base';
import { commonJsExport } from './common-js.ts';
import type { AdbDevice, AdbState } from './port.ts';
import type { ServerAddress } from './server-socket.ts';

const Adb = commonJsExport<typeof adbkit.Adb>(adbkit, 'Adb');

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const LONG_LIFE_MS = 10_000;
/** adb 29 tells its trackers of phones that come and go, but not of every state in between: we ask, too. */
const ASK_EVERY_MS = 500;

export interface TrackerOptions {
  readonly address: ServerAddress;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** adbkit starts a dead server by itself; with a program that can't exist it fails instead. */
export function adbkitClient(address: ServerAddress): Client {
  const client = Adb.createClient({ ...address, bin: '/nonexistent/adb-is-started-elsewhere' });
  client.on('error', () => {}); // the operation that used the connection reports it
  return client;
}

export class DeviceTracker {
  readonly changes = new Emitter<readonly AdbDevice[]>();
  /** True while the server answers. */
  connected = false;
  readonly #options: TrackerOptions;
  #devices: readonly AdbDevice[] = [];
  readonly done: Promise<void>;

  constructor(options: TrackerOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  get devices(): readonly AdbDevice[] {
    return this.#devices;
  }

  async #run(): Promise<void> {
    const { clock, random, logger, signal } = this.#options;
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const began = clock.monotonic();
      try {
        await this.#follow();
      } catch (error) {
        logger.debug('the adb server does not answer', { error: String(error) });
      }
      this.connected = false;
      this.#set([]);
      if (signal.aborted) return;
      if (clock.monotonic() - began > LONG_LIFE_MS) pause = FIRST_PAUSE_MS;
      await sleep(pause * (0.5 + random.float()), { signal }).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves when the server has gone or the signal has fired. */
  async #follow(): Promise<void> {
    const { address, signal } = this.#options;
    const client = adbkitClient(address);
    const tracker = await client.trackDevices();
    let stop: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      stop = resolve;
      tracker.on('end', resolve);
      tracker.on('error', () => resolve());
    });
    signal.addEventListener('abort', stop, { once: true });
    this.connected = true;
    // adbkit tells changes from the moment of its own first reading, which we may have missed: ask for the whole list.
    const ask = () => {
      client.listDevices().then(
        (list: Device[]) => this.connected && this.#set(list.map(({ id, type }) => deviceOf(id, type))),
        () => {},
      );
    };
    tracker.on('changeSet', ask);
    ask();
    const asking = setInterval(ask, ASK_EVERY_MS);
    await ended;
    clearInterval(asking);
    signal.removeEventListener('abort', stop);
    // adbkit's own end() waits for the server; the connection is private, but ends with this.
    (tracker as unknown as { command: { connection: { end(): void } } }).command.connection.end();
  }

  #set(devices: readonly AdbDevice[]): void {
    if (JSON.stringify(devices) === JSON.stringify(this.#devices)) return;
    this.#devices = devices;
    this.changes.emit(devices);
  }
}

const states: Readonly<Record<string, AdbState>> = {
  device: 'device',
  recovery: 'recovery',
  sideload: 'recovery',
  rescue: 'recovery',
  unauthorized: 'unauthorized',
};

/** A line of the server's list. Everything that can't be used yet (offline, connecting, authorizing, no permissions) is `offline`. */
export function deviceOf(adbSerial: string, type: string): AdbDevice {
  const network = /^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(adbSerial) || adbSerial.includes('._adb-tls-');
  return { adbSerial, state: states[type] ?? 'offline', kind: network ? 'wifi' : 'usb' };
}
