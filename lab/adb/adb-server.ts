// An adb server, the user's or a private one, as the fleet sees it. Never starts or stops a server. Owns the
// tracking; transports belong to who opened them, but end with it.

import { AdbServerClient } from '@yume-chan/adb';
import { AbhayaError, type Clock, isAbhayaError, type Logger, poll, type Random } from '#base';
import { adbkitClient, DeviceTracker, deviceOf } from './device-tracker.ts';
import { createTransport } from './device-transport.ts';
import { operation } from './operation.ts';
import type { AdbDevice, AdbServer, AdbState, AdbTransport } from './port.ts';
import { OperationConnector, type ServerAddress } from './server-socket.ts';
import { openService } from './sync-push.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const OPEN_TIMEOUT_MS = 15_000;

export interface AdbServerOptions {
  readonly host?: string;
  readonly port: number;
  /**
   * Take a TCP phone whose connection broke out of the server's list at once. adb itself lists it as `device` for up
   * to a minute. For private servers: the user's list is the user's.
   */
  readonly dropBroken?: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** States in which adb has a phone at the other end. */
const usable: readonly AdbState[] = ['device', 'unauthorized', 'recovery'];

/** Begins to track at once; a server that isn't there yet is waited for. Throws nothing. */
export function openAdbServer(options: AdbServerOptions): AdbServer {
  const address: ServerAddress = { host: options.host ?? '127.0.0.1', port: options.port };
  const { clock, random, logger } = options;
  const closing = new AbortController();
  const client = adbkitClient(address);
  /** Broken connections that are being taken out of the server's list. */
  const dropping = new Map<string, Promise<void>>();
  const tracker = new DeviceTracker({ address, clock, random, logger, signal: closing.signal });
  const stateOf = (adbSerial: string) =>
    tracker.devices.find((device) => device.adbSerial === adbSerial)?.state ?? 'absent';
  const explain = (error: unknown): AbhayaError => {
    const message = error instanceof Error ? error.message : String(error);
    return new AbhayaError(
      /ECONNREFUSED|nonexistent/.test(message) ? 'adb.server' : 'adb.protocol',
      message,
      { cause: error },
    );
  };

  async function connect(target: string, signal?: AbortSignal): Promise<void> {
    const [host = '', port = ''] = splitAddress(target);
    await operation(
      { what: `connecting ${target}`, signal, timeoutMs: CONNECT_TIMEOUT_MS },
      explain,
      async (own) => {
        try {
          await client.connect(host, Number(port));
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error);
          if (/ECONNREFUSED.*:|nonexistent/.test(said) && !tracker.connected) throw explain(error);
          // "failed to authenticate" leaves the phone in the list, waiting for its user.
          if (!/failed to authenticate/.test(said)) {
            throw new AbhayaError('device.offline', `${target}: ${said.replace(/'/g, '').trim()}`, {
              cause: error,
            });
          }
        }
        // adb says yes before it knows, and our list may still tell of the connection before: both must agree.
        await poll(
          async () =>
            usable.includes(stateOf(target)) && usable.includes(await askState(target)) ? true : undefined,
          {
            everyMs: 20,
            timeoutMs: CONNECT_TIMEOUT_MS,
            what: `connecting ${target}`,
            signal: own,
          },
        );
      },
    ).catch((error) => {
      throw isAbhayaError(error, 'timeout')
        ? new AbhayaError('device.offline', `${target} does not answer`, { cause: error })
        : error;
    });
  }

  /** What the server itself says now. */
  async function askState(target: string): Promise<AdbState> {
    const device = (await client.listDevices()).find(({ id }: { id: string }) => id === target);
    return device ? deviceOf(device.id, device.type).state : 'absent';
  }

  /** A TCP phone that broke stays `offline` in the list for a while, and then can't be connected again. */
  async function disconnectQuietly(target: string): Promise<void> {
    if ((await askState(target).catch(() => 'absent')) !== 'offline') return;
    const [host = '', port = ''] = splitAddress(target);
    await client.disconnect(host, Number(port)).catch(() => {});
  }

  return {
    ...address,
    devices: () => tracker.devices,
    onDevices: (listener: (devices: readonly AdbDevice[]) => void) => tracker.changes.on(listener),
    async connect(target, { signal } = {}) {
      splitAddress(target);
      // A drop that comes late would take the new connection.
      await dropping.get(target);
      await disconnectQuietly(target);
      await connect(target, signal);
    },
    async disconnect(target) {
      const [host = '', port = ''] = splitAddress(target);
      await operation(
        { what: `disconnecting ${target}`, timeoutMs: CONNECT_TIMEOUT_MS },
        explain,
        async () => {
          await client.disconnect(host, Number(port)).catch((error: unknown) => {
            if (!/no such device/.test(String(error))) throw error;
          });
        },
      );
    },
    open: (adbSerial, { signal } = {}) => openTransport(adbSerial, signal),
    async close() {
      closing.abort();
      await tracker.done;
    },
  };

  async function openTransport(adbSerial: string, signal: AbortSignal | undefined): Promise<AdbTransport> {
    const state = stateOf(adbSerial);
    if (state === 'unauthorized')
      throw new AbhayaError('device.unauthorized', `${adbSerial} has not allowed this computer`);
    const notThere = (cause: unknown) =>
      new AbhayaError('device.offline', `${adbSerial} can't be reached: ${String(cause)}`, { cause });
    const { transportId, banner } = await operation(
      { what: `opening ${adbSerial}`, signal, timeoutMs: OPEN_TIMEOUT_MS },
      notThere,
      async (own) => {
        const server = new AdbServerClient(new OperationConnector(address, own));
        const found = await server.createTransport({ serial: adbSerial });
        // The handshake's own wait for the phone's end is cut off here: ours follows the list.
        found.disconnected.catch(() => {});
        return found;
      },
    );
    let off: () => void = () => {};
    const listed = new Promise<string>((resolve) => {
      const judge = () => {
        const now = stateOf(adbSerial);
        if (now !== 'device' && now !== 'recovery')
          resolve(tracker.connected ? `adb says ${now}` : 'the adb server died');
      };
      off = tracker.changes.on(judge);
      closing.signal.addEventListener('abort', () => resolve('closed'), { once: true });
      // The list may lag behind the server's word: only a later change counts, unless it never knew the phone.
      if (stateOf(adbSerial) !== 'absent') judge();
    });
    const canary = await openCanary(adbSerial, signal).catch((error) => {
      off();
      throw notThere(error);
    });
    const gone = Promise.race([listed, canary.broken]);
    const transport = createTransport({ address, adbSerial, client, banner, transportId, gone });
    void transport.disconnected.then(() => {
      off();
      canary.end();
    });
    return transport;
  }

  /** An idle stream to the phone: the server closes it in the moment in which the phone's connection breaks. */
  async function openCanary(adbSerial: string, signal: AbortSignal | undefined) {
    const life = new AbortController();
    const { socket } = await operation(
      { what: `opening ${adbSerial}`, signal, timeoutMs: OPEN_TIMEOUT_MS },
      explain,
      async (own) => {
        own.addEventListener('abort', () => own.reason !== undefined && life.abort(), { once: true });
        return openService(client, adbSerial, 'sync:', life.signal);
      },
      { keepOpen: true },
    );
    const broken = new Promise<string>((resolve) => {
      const tell = async () => {
        // The list may not know yet which of the two ended.
        const serverLives = await client.version().then(
          () => true,
          () => false,
        );
        // Only then is it told: whoever connects again at once must not hear "already connected".
        if (options.dropBroken && serverLives) await dropQuietly(adbSerial);
        resolve(serverLives ? 'its connection broke' : 'the adb server died');
      };
      socket.once('close', () => {
        if (life.signal.aborted) return;
        const told = tell().finally(() => {
          if (dropping.get(adbSerial) === told) dropping.delete(adbSerial);
        });
        dropping.set(adbSerial, told);
      });
    });
    socket.resume();
    return { broken, end: () => life.abort() };
  }

  async function dropQuietly(target: string): Promise<void> {
    const [host = '', port = ''] = splitAddress(target);
    await client.disconnect(host, Number(port)).catch(() => {});
  }
}

/** `host:port`; throws `input.invalid`. */
function splitAddress(target: string): [string, string] {
  const match = /^([\w.-]{1,253}):(\d{1,5})$/.exec(target);
  if (!match || Number(match[2]) > 65_535)
    throw new AbhayaError('input.invalid', `${target} is not an address like 127.0.0.1:5555`);
  return [match[1] as string, match[2] as string];
}
