// A phone's life inside its process: folder, walls, system services, adbd, and their end. Owns all of them.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbhayaError, type Clock, type Logger, type Random, Scope } from '#base';
import { Adbd } from './adbd/adb-server.ts';
import { parseHostKey } from './adbd/host-keys.ts';
import type { PhoneConfig, PhoneControl, PhoneEvent } from './control.ts';
import { bannerOf } from './core/index.ts';
import { buildNamespaces, HOST_UID, namespacesForbidden } from './isolation/namespaces.ts';
import { buildPlain } from './isolation/plain.ts';
import { RootedFiles } from './isolation/rooted-files.ts';
import type { Walls } from './isolation/walls.ts';
import { linkPreload, prepareFolder, writeSensors } from './phone-folder.ts';
import { abiOf, profiles } from './profile.ts';
import { serveCalls } from './services/call-server.ts';
import { PhoneState } from './services/phone-state.ts';
import { systemServices } from './services/system.ts';

export interface PhoneProcessOptions {
  readonly config: PhoneConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly emit: (event: PhoneEvent) => void;
}

export interface PhoneProcess {
  /** Carries out a command of the control side; throws AbhayaError. `stop` is the caller's. */
  control(command: PhoneControl): Promise<void>;
  /** Resolves when the phone has died by itself. */
  readonly died: Promise<string>;
  close(): Promise<void>;
}

const SYS_STATUS = ['Unknown', 'Unknown', 'Charging', 'Discharging', 'Not charging', 'Full'];

/** Starts the phone; emits `listening` when adb can connect. The working directory becomes the phone's folder. */
export async function startPhoneProcess(options: PhoneProcessOptions): Promise<PhoneProcess> {
  const { config, clock, random, logger, emit } = options;
  const scope = new Scope(config.name);
  try {
    const profile = profiles[config.profile];
    const root = process.getuid?.() === 0;
    const mayIsolate = config.isolation !== 'plain' && namespacesForbidden() === undefined;
    const owner = root && mayIsolate ? { uid: HOST_UID, gid: HOST_UID } : undefined;
    if (config.ephemeral) scope.add(() => rm(config.dir, { recursive: true, force: true, maxRetries: 3 }));
    await prepareFolder(config.dir, profile, owner);
    const linked = config.preload ? await linkPreload(config.dir, config.preload, owner) : [];
    // Root's files are safe from the phone's user; an ordinary user's own files are not.
    const { walls, why } = await raiseWalls(config, root ? [] : linked);
    scope.add(() => walls.close());
    const state = new PhoneState(
      profile,
      { name: config.name, serial: config.serial, abi: abiOf(process.arch), isolation: walls.kind },
      clock,
    );
    const files = new RootedFiles(walls.root);
    process.chdir(config.dir); // socket paths are short: this one is relative
    const calls = await serveCalls('run/services', systemServices({ state, files }), logger);
    scope.add(() => calls.close());
    const showSensors = () =>
      writeSensors(config.dir, {
        level: state.battery.level,
        status: SYS_STATUS[state.battery.status] ?? 'Unknown',
        skin: state.heat.skin,
      });
    await showSensors();
    scope.add(state.changed.on(() => void showSensors().catch(() => {})));
    const adbd = new Adbd({
      walls,
      files,
      banner: bannerOf({ product: 'virtual_phone', model: 'Virtual_Phone', device: 'virtual_phone' }),
      random,
      logger,
      acceptedKeys: config.acceptedKeys.map(parseHostKey),
      port: config.port,
    });
    scope.add(adbd.events.on(emit));
    scope.add(() => adbd.close());
    const port = await adbd.plugIn();
    state.log.write('I', 'adbd', `listening on ${port}, ${walls.kind}`);
    emit({ event: 'listening', port, serial: config.serial, isolation: walls.kind, why });
    return {
      control: (command) => obey(command, adbd, state),
      died: walls.died,
      close: () => scope.close(),
    };
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function raiseWalls(
  config: PhoneConfig,
  shared: readonly string[],
): Promise<{ walls: Walls; why: string }> {
  const { dir, image, isolation } = config;
  const { jvm, libraries, ...programs } = config.tools;
  const tools = { ...programs, ...(jvm ? { jvm } : {}), ...(libraries ? { libraries } : {}) };
  let why = 'asked for';
  if (isolation !== 'plain') {
    try {
      const forbidden = namespacesForbidden();
      if (forbidden) throw new AbhayaError('device.unsupported', forbidden);
      return { walls: await buildNamespaces({ dir, image, tools, shared }), why: '' };
    } catch (error) {
      if (isolation === 'namespaces') throw error;
      why = (error as Error).message;
    }
  }
  await writeFile(join(dir, 'run/isolation'), `plain: ${why}\n`);
  return { walls: await buildPlain({ dir, image, tools, mark: `${config.serial}-${process.pid}` }), why };
}

async function obey(command: PhoneControl, adbd: Adbd, state: PhoneState): Promise<void> {
  switch (command.command) {
    case 'unplug':
      return adbd.unplug();
    case 'plugIn':
      await adbd.plugIn();
      return;
    case 'stall':
      return adbd.stall();
    case 'resume':
      return adbd.resume();
    case 'failAfter':
      return adbd.failAfter(command.bytes);
    case 'denyAuth':
      return adbd.denyAuth();
    case 'allowAuth':
      return adbd.allowAuth();
    case 'setBattery': {
      const { level, status, temperature } = command;
      return state.setBattery({
        ...(level === undefined ? {} : { level }),
        ...(status === undefined ? {} : { status }),
        ...(temperature === undefined ? {} : { temperature: Math.round(temperature * 10) }),
      });
    }
    case 'setHeat': {
      const { status, temperature } = command;
      return state.setHeat({
        ...(status === undefined ? {} : { status }),
        ...(temperature === undefined ? {} : { temperature }),
      });
    }
    case 'setCharger':
      return state.setBattery({ charger: command.charger });
    case 'stop':
      return;
  }
}
