// All phones of the lab host: virtual ones that it starts itself, behind a private adb server, and real ones behind
// servers of the user's. Owns the virtual phones and every session; never starts or ends a server of the user's.

import { availableParallelism } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import { AbhayaError, type Clock, type Logger, poll, type Random } from '#base';
import type { AdbDevice, AdbServer } from '#lab/adb';
import { type PhoneTools, startVirtualPhone, type VirtualPhone } from '#lab/virtual-phone';
import type { PhoneCommand, PhoneKind, PhoneView, Profile } from '#schemas';
import type { AgentClient } from './agent-client.ts';
import type { AttachedPhones } from './attached-phones.ts';
import type { Payload } from './payload.ts';
import { createPhoneSession, type PhoneSession } from './phone-session.ts';
import { createProvenRuntimes } from './proven-runtimes.ts';
import { addressOf, listed, withServerAdvice } from './user-server.ts';
import { commandVirtualPhone } from './virtual-commands.ts';

export interface FleetOptions {
  /** The private server, for virtual phones only. */
  readonly privateServer: AdbServer & { readonly publicKey: string };
  /** Servers of the user's, for real phones. */
  readonly userServers: readonly AdbServer[];
  /** Whether agents are pushed to real phones without being asked. */
  readonly deployToRealPhones: boolean;
  /** Real phones that are attached again by themselves. */
  readonly attachedPhones: AttachedPhones;
  /** Default `auto`: namespaces where the kernel lets us. */
  readonly isolation?: 'auto' | 'plain';
  readonly phonesDir: string;
  readonly imageDir: string;
  readonly tools: PhoneTools;
  /** Folder whose content virtual phones have from the start, by hard links. */
  readonly preload: () => Promise<string | undefined>;
  readonly payloadFor: (abi: string) => Promise<Payload>;
  readonly onChange: (view: PhoneView) => void;
  readonly onGone: (serial: string) => void;
  readonly onAttached: (session: PhoneSession, client: AgentClient) => Promise<void> | void;
  readonly onDetached: (session: PhoneSession) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface Fleet {
  sessions(): readonly PhoneSession[];
  find(serial: string): PhoneSession | undefined;
  /** Throws `not-found`. */
  session(serial: string): PhoneSession;
  addVirtual(request: { count: number; profile?: Profile; bare?: boolean }): Promise<readonly PhoneView[]>;
  /** Throws `not-found`, and `conflict` for a real phone. */
  removeVirtual(serial: string): Promise<void>;
  /** Adds a phone by its address on the first server of the user's. Throws `adb.server` with what to do, `device.*`. */
  connect(address: string): Promise<PhoneView>;
  /** Forgets a Wi-Fi phone, named by address or serial: its serial. Throws `not-found`, `conflict` for other kinds. */
  disconnect(address: string): Promise<string>;
  command(serial: string, command: PhoneCommand): Promise<PhoneView>;
  close(): Promise<void>;
}

const PROFILE_CYCLE: readonly Profile[] = ['flagship', 'mid-range', 'budget'];
const RECONNECT_MS = 250;
const FORGET_TIMEOUT_MS = 10_000;
const kindAdvice = { usb: 'pull its cable', virtual: 'stop it instead' } as const;
/** Phones that are attached at the same time: each costs about half a second of a core. */
const ATTACH_AT_ONCE = Math.max(2, availableParallelism() * 2);
/** Runtimes that are pushed at the same time: more would only share the same cable. */
const PUSH_AT_ONCE = 2;
/** Virtual phones that are started at the same time, so that the first are attached while others start. */
const START_AT_ONCE = Math.max(2, availableParallelism() * 2);

export function createFleet(options: FleetOptions): Fleet {
  const { logger } = options;
  const sessions = new Map<string, PhoneSession>();
  const virtuals = new Map<string, VirtualPhone>();
  const proven = createProvenRuntimes();
  const reconnecting = new Set<string>();
  /** Virtual phones whose cable the user pulled: they are not looked for. */
  const pulled = new Set<string>();
  const stop = new AbortController();
  const turn = pLimit(ATTACH_AT_ONCE);
  const startTurn = pLimit(START_AT_ONCE);
  const pushTurn = pLimit(PUSH_AT_ONCE);
  let nextNumber = 1;

  const bySerial = (serial: string): PhoneSession | undefined =>
    [...sessions.values()].find((session) => session.serial === serial) ?? sessions.get(serial);

  function sessionOf(
    adbSerial: string,
    server: AdbServer,
    kind: PhoneKind,
    phone?: VirtualPhone,
  ): PhoneSession {
    const there = sessions.get(adbSerial);
    if (there) return there;
    let known = phone?.serial ?? adbSerial;
    const session = createPhoneSession({
      adbSerial,
      kind,
      ...(phone
        ? {
            serial: phone.serial,
            profile: phone.profile.name,
            provenWith: (bundleHash: string) => proven.of(phone.isolation, bundleHash),
          }
        : {}),
      open: (signal) => server.open(adbSerial, { signal }),
      payloadFor: options.payloadFor,
      turn,
      pushTurn,
      autoDeploy: kind === 'virtual' || options.deployToRealPhones,
      onChange: ({ view }) => {
        // A real phone is known by its address until it has told its own serial number.
        if (view.serial !== known) options.onGone(known);
        known = view.serial;
        options.onChange(view);
      },
      ...(kind === 'virtual'
        ? {}
        : {
            wasAttached: ({ serial, folders, running }) =>
              (folders.some((folder) => folder.startsWith('agent/')) || running !== undefined) &&
              options.attachedPhones.has(serial),
          }),
      async onAttached(attached, client) {
        const { bundleHash, sandbox } = client.hello;
        if (phone) proven.add(phone.isolation, bundleHash, sandbox.runtimes);
        await options.onAttached(attached, client);
        if (kind !== 'virtual') await options.attachedPhones.remember(attached.serial);
      },
      onDetached: options.onDetached,
      clock: options.clock,
      random: options.random,
      logger: logger.child({ phone: phone?.serial ?? adbSerial }),
    });
    sessions.set(adbSerial, session);
    return session;
  }

  function takeRealPhones(server: AdbServer, devices: readonly AdbDevice[]): void {
    for (const { adbSerial, kind, state } of devices) sessionOf(adbSerial, server, kind).adbChanged(state);
    const there = new Set(devices.map(({ adbSerial }) => adbSerial));
    for (const [adbSerial, session] of sessions) {
      if (session.view.kind !== 'virtual' && !there.has(adbSerial)) session.adbChanged('absent');
    }
  }

  const unsubscribe = [
    options.privateServer.onDevices((devices) => {
      const states = new Map(devices.map(({ adbSerial, state }) => [adbSerial, state]));
      for (const phone of virtuals.values()) {
        const state = states.get(phone.adbAddress) ?? 'absent';
        sessions.get(phone.adbAddress)?.adbChanged(state);
        // A TCP phone that dropped out is not looked for by adb: that is ours to do.
        if (state === 'absent' || state === 'offline') void reconnect(phone);
      }
    }),
    ...options.userServers.map((server) => server.onDevices((devices) => takeRealPhones(server, devices))),
  ];

  // What a server listed before anybody listened is told no second time.
  for (const server of options.userServers) takeRealPhones(server, server.devices());

  /** Connects a virtual phone until it is listed, plugged out or gone. */
  async function reconnect(phone: VirtualPhone): Promise<void> {
    if (reconnecting.has(phone.serial)) return;
    reconnecting.add(phone.serial);
    try {
      while (!stop.signal.aborted && virtuals.has(phone.serial) && isWanted(phone)) {
        try {
          await options.privateServer.connect(phone.adbAddress, { signal: stop.signal });
          return;
        } catch (error) {
          logger.debug('a virtual phone is not there yet', { phone: phone.serial, error });
          await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
        }
      }
    } finally {
      reconnecting.delete(phone.serial);
    }
  }

  const isWanted = (phone: VirtualPhone): boolean => {
    const state = sessions.get(phone.adbAddress)?.view.state;
    const listed = options.privateServer
      .devices()
      .find(({ adbSerial }) => adbSerial === phone.adbAddress)?.state;
    return listed !== 'device' && !pulled.has(phone.serial) && state !== 'failed';
  };
  async function startOne(profile: Profile, bare: boolean): Promise<PhoneView> {
    const number = nextNumber++;
    const serial = `VP${String(number).padStart(4, '0')}`;
    const preload = bare ? undefined : await options.preload();
    const phone = await startVirtualPhone({
      dir: path.join(options.phonesDir, serial),
      imageDir: options.imageDir,
      name: serial,
      serial,
      profile,
      tools: options.tools,
      acceptedKeys: [options.privateServer.publicKey],
      ephemeral: true,
      ...(options.isolation ? { isolation: options.isolation } : {}),
      signal: stop.signal,
      logger: logger.child({ phone: serial }),
      ...(preload ? { preload } : {}),
    });
    if (phone.isolation === 'plain') {
      logger.warn('a virtual phone runs without namespaces', { phone: serial, why: phone.isolationNote });
    }
    virtuals.set(serial, phone);
    const session = sessionOf(phone.adbAddress, options.privateServer, 'virtual', phone);
    session.setOutside('starting');
    void phone.exited.then((reason) => {
      if (!virtuals.has(serial)) return; // it was asked to
      logger.warn('a virtual phone died', { phone: serial, reason });
      session.setOutside('failed', { code: 'device.lost', message: `the virtual phone died: ${reason}` });
    });
    void reconnect(phone).then(() => {
      if (!pulled.has(serial) && session.view.state !== 'failed') session.setOutside(undefined);
    });
    return session.view;
  }

  async function removeVirtual(serial: string): Promise<void> {
    const phone = virtuals.get(serial);
    if (!phone) {
      if (bySerial(serial)) throw new AbhayaError('conflict', `${serial} is a real phone: unplug it by hand`);
      throw new AbhayaError('not-found', `there is no phone ${serial}`);
    }
    virtuals.delete(serial);
    const session = sessions.get(phone.adbAddress);
    sessions.delete(phone.adbAddress);
    await session?.close();
    await phone.stop();
    if (!stop.signal.aborted) await options.privateServer.disconnect(phone.adbAddress).catch(() => undefined);
    options.onGone(serial);
  }

  return {
    sessions: () => [...sessions.values()].sort((a, b) => (a.serial < b.serial ? -1 : 1)),
    find: bySerial,
    session(serial) {
      const session = bySerial(serial);
      if (!session) throw new AbhayaError('not-found', `there is no phone ${serial}`);
      return session;
    },
    async addVirtual({ count, profile, bare = false }) {
      const started = await Promise.allSettled(
        Array.from({ length: count }, (_, at) =>
          startTurn(() => startOne(profile ?? PROFILE_CYCLE[at % PROFILE_CYCLE.length] ?? 'flagship', bare)),
        ),
      );
      const failed = started.find((result) => result.status === 'rejected');
      const views = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      if (failed) {
        await Promise.all(views.map(({ serial }) => removeVirtual(serial)));
        throw failed.reason;
      }
      return views;
    },
    removeVirtual,
    async connect(text) {
      const address = addressOf(text);
      const virtual = [...virtuals.values()].find((phone) => phone.adbAddress === address);
      if (virtual)
        throw new AbhayaError('conflict', `${address} is ${virtual.serial}, a virtual phone of this lab`);
      const [server] = options.userServers;
      if (!server) throw new AbhayaError('adb.server', 'this lab host looks at no adb server of yours');
      await withServerAdvice(server, () => server.connect(address, { signal: stop.signal }));
      return sessionOf(address, server, 'wifi').view;
    },
    async disconnect(text) {
      const session = sessions.get(text) ?? bySerial(text) ?? sessions.get(addressOf(text));
      if (!session) throw new AbhayaError('not-found', `there is no phone ${text}`);
      const { kind, adbSerial } = session.view;
      if (kind !== 'wifi')
        throw new AbhayaError('conflict', `${text} is not connected by Wi-Fi: ${kindAdvice[kind]}`);
      const server = options.userServers.find((it) => listed(it, adbSerial));
      if (server) {
        await withServerAdvice(server, () => server.disconnect(adbSerial));
        // Our list lags behind: a phone that is still in it would be taken for a new one.
        await poll(() => !listed(server, adbSerial) || undefined, {
          everyMs: 20,
          timeoutMs: FORGET_TIMEOUT_MS,
          what: `disconnecting ${adbSerial}`,
          signal: stop.signal,
        });
      }
      const { serial } = session;
      sessions.delete(adbSerial);
      await session.close();
      options.onGone(serial);
      return serial;
    },
    async command(serial, command) {
      const session = bySerial(serial);
      if (!session) throw new AbhayaError('not-found', `there is no phone ${serial}`);
      if (command.action === 'unplug') pulled.add(serial);
      if (command.action === 'plug-in') pulled.delete(serial);
      // Before it happens: a phone whose agent is taken away must not be recognised meanwhile.
      if (command.action === 'stop-agent' || command.action === 'remove-agent')
        await options.attachedPhones.forget(session.serial);
      await commandVirtualPhone(session, virtuals.get(serial), command);
      const phone = virtuals.get(serial);
      if (command.action === 'plug-in' && phone) void reconnect(phone);
      return session.view;
    },
    async close() {
      stop.abort();
      for (const off of unsubscribe) off();
      await Promise.all([...sessions.values()].map((session) => session.close()));
      await Promise.all([...virtuals.keys()].map(removeVirtual));
    },
  };
}
