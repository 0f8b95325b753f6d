// Starts one virtual phone as a process and speaks with it. Owns the process; its end is a value (`exited`).

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AbhayaError, Emitter, type Logger, withTimeout } from '#base';
import {
  MAX_CONTROL_BYTES,
  type PhoneConfig,
  type PhoneControl,
  type PhoneEvent,
  parseEvent,
} from './control.ts';
import { makeImage } from './isolation/image.ts';
import { linesOf } from './json-lines.ts';
import { type Profile, type ProfileName, profiles } from './profile.ts';
import type { Charger } from './services/phone-state.ts';
import type { PhoneTools } from './tools.ts';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;

export interface StartOptions {
  /** The phone's own folder. Kept after the end unless `ephemeral` is true. */
  readonly dir: string;
  readonly name: string;
  readonly profile: ProfileName;
  readonly tools: PhoneTools;
  /** The phone's own identity (ro.serialno); made up when missing. */
  readonly serial?: string;
  /** Folder for the shared read-only image; default: beside `dir`. */
  readonly imageDir?: string;
  /** Folder whose files appear under /data/local/tmp/abhaya. */
  readonly preload?: string;
  /** Lines of adbkey.pub that are allowed from the start. Others wait for allowAuth(). */
  readonly acceptedKeys?: readonly string[];
  readonly isolation?: 'auto' | 'namespaces' | 'plain';
  readonly port?: number;
  readonly ephemeral?: boolean;
  readonly signal?: AbortSignal;
  readonly logger: Logger;
}

export interface VirtualPhone {
  readonly name: string;
  /** The phone's own identity. */
  readonly serial: string;
  /** `127.0.0.1:port`: what adb connects to and calls it. */
  readonly adbAddress: string;
  readonly profile: Profile;
  readonly isolation: 'namespaces' | 'plain';
  /** Why there are no namespaces; empty when there are. */
  readonly isolationNote: string;
  readonly dir: string;
  readonly pid: number;
  readonly events: Emitter<PhoneEvent>;
  /** Resolves with the reason when the process has ended, however that came. */
  readonly exited: Promise<string>;
  /** The cable is pulled; plugIn() listens on the same port again. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** Bytes stop, sockets stay open. */
  stall(): Promise<void>;
  resume(): Promise<void>;
  /** The connection breaks after this many more bytes from the host. */
  failAfter(bytes: number): Promise<void>;
  /** Forgets all allowed hosts and drops them; hosts are then `unauthorized`. */
  denyAuth(): Promise<void>;
  /** "Allow USB debugging", now and from now on. */
  allowAuth(): Promise<void>;
  /** level 0..100; status as BatteryManager's 1..5; temperature in degrees Celsius. */
  setBattery(battery: { level?: number; status?: number; temperature?: number }): Promise<void>;
  /** status as ThrottlingSeverity 0..6; temperature of the skin sensor in degrees Celsius. */
  setHeat(heat: { status?: number; temperature?: number }): Promise<void>;
  setCharger(charger: Charger): Promise<void>;
  /** Ends the phone and everything in it. Calling it twice is harmless. */
  stop(): Promise<void>;
}

/** Resolves when adb can connect. Throws `host.setup` or `device.unsupported` (isolation: 'namespaces'), `cancelled`. */
export async function startVirtualPhone(options: StartOptions): Promise<VirtualPhone> {
  const { dir, name, tools, logger } = options;
  if (options.signal?.aborted) throw new AbhayaError('cancelled', 'cancelled');
  const image = await makeImage(options.imageDir ?? join(dirname(dir), 'images'), tools);
  await mkdir(dir, { recursive: true, mode: 0o755 });
  const config: PhoneConfig = {
    dir,
    image,
    name,
    serial: options.serial ?? `VP${randomBytes(6).toString('hex').toUpperCase()}`,
    profile: options.profile,
    isolation: options.isolation ?? 'auto',
    port: options.port ?? 0,
    acceptedKeys: [...(options.acceptedKeys ?? [])],
    ephemeral: options.ephemeral ?? false,
    ...(options.preload ? { preload: options.preload } : {}),
    tools: {
      node: tools.node,
      entry: tools.entry,
      shell: tools.shell,
      toybox: tools.toybox,
      phoneInit: tools.phoneInit,
      phoneCall: tools.phoneCall,
      ...(tools.jvm ? { jvm: tools.jvm } : {}),
      ...(tools.libraries ? { libraries: [...tools.libraries] } : {}),
    },
  };
  // Small heaps: fifty of these share a machine.
  const flags = ['--max-semi-space-size=2', '--disable-warning=ExperimentalWarning'];
  const child = spawn(tools.node, [...flags, tools.entry], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-4000);
  });
  const events = new Emitter<PhoneEvent>();
  let reason = '';
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(reason || lastWords.trim() || `ended with ${signal ?? code}`),
    );
  });
  events.on((event) => {
    if (event.event === 'exit') reason = event.reason;
    if (event.event === 'log')
      logger.debug(event.message, { phone: name, ...(event.fields as object | undefined) });
  });
  const abort = () => void child.kill('SIGTERM');
  options.signal?.addEventListener('abort', abort, { once: true });
  void exited.then(() => {
    options.signal?.removeEventListener('abort', abort);
  });
  const listening = firstEvent(events, 'listening');
  void readEvents(child.stdout, events, logger);
  child.stdin.write(`${JSON.stringify(config)}\n`);
  const started = await withTimeout(
    Promise.race([listening, exited.then((why) => Promise.reject(startFailure(why, options.signal)))]),
    START_TIMEOUT_MS,
    `starting ${name}`,
  ).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });

  let nextId = 1;
  const tell = async (
    command: PhoneControl extends infer C ? (C extends { id: number } ? Omit<C, 'id'> : never) : never,
  ) => {
    const id = nextId++;
    const answer = new Promise<void>((resolve, reject) => {
      const off = events.on((event) => {
        if (event.event !== 'done' || event.id !== id) return;
        off();
        if (event.error === undefined) resolve();
        else reject(new AbhayaError('input.invalid', event.error));
      });
      void exited.then((why) => {
        off();
        reject(new AbhayaError('device.lost', `${name} has ended: ${why}`));
      });
    });
    child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    await withTimeout(answer, ANSWER_TIMEOUT_MS, `${command.command} of ${name}`);
  };
  return {
    name,
    serial: started.serial,
    adbAddress: `127.0.0.1:${started.port}`,
    profile: profiles[options.profile],
    isolation: started.isolation,
    isolationNote: started.why,
    dir,
    pid: child.pid as number,
    events,
    exited,
    unplug: () => tell({ command: 'unplug' }),
    plugIn: () => tell({ command: 'plugIn' }),
    stall: () => tell({ command: 'stall' }),
    resume: () => tell({ command: 'resume' }),
    failAfter: (bytes) => tell({ command: 'failAfter', bytes }),
    denyAuth: () => tell({ command: 'denyAuth' }),
    allowAuth: () => tell({ command: 'allowAuth' }),
    setBattery: (battery) => tell({ command: 'setBattery', ...battery }),
    setHeat: (heat) => tell({ command: 'setHeat', ...heat }),
    setCharger: (charger) => tell({ command: 'setCharger', charger }),
    async stop() {
      child.stdin.end();
      await withTimeout(exited, STOP_TIMEOUT_MS, 'stopping').catch(() => child.kill('SIGKILL'));
      await exited;
    },
  };
}

function startFailure(why: string, signal: AbortSignal | undefined): AbhayaError {
  return signal?.aborted
    ? new AbhayaError('cancelled', 'cancelled')
    : new AbhayaError('host.setup', `the virtual phone did not start: ${why}`);
}

function firstEvent<E extends PhoneEvent['event']>(
  events: Emitter<PhoneEvent>,
  kind: E,
): Promise<Extract<PhoneEvent, { event: E }>> {
  return new Promise((resolve) => {
    const off = events.on((event) => {
      if (event.event !== kind) return;
      off();
      resolve(event as Extract<PhoneEvent, { event: E }>);
    });
  });
}

async function readEvents(
  from: AsyncIterable<Uint8Array>,
  events: Emitter<PhoneEvent>,
  logger: Logger,
): Promise<void> {
  try {
    for await (const line of linesOf(from, MAX_CONTROL_BYTES)) {
      try {
        events.emit(parseEvent(line));
      } catch (error) {
        logger.warn('a phone process said something strange', { error: String(error) });
      }
    }
  } catch (error) {
    logger.warn('a phone process can no longer be heard', { error: String(error) });
  }
}
