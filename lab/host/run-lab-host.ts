// The composition root of the lab host: opens every part in order, waits for the end, closes them in reverse.

import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Logger, Scope, systemClock, systemRandom } from '#base';
import { openAdbServer, startPrivateServer } from '#lab/adb';
import { startApiServer } from '#lab/api';
import { checkAdbServer, localChecks } from '#lab/doctor';
import {
  createFleet,
  type Fleet,
  loadPayload,
  makePreload,
  openAttachedPhones,
  type Payload,
} from '#lab/fleet';
import { type HistoryReader, openHistory, recordLab } from '#lab/history';
import { ensureToken, type Home, lockHome, writeHostFile } from '#lab/home';
import { createSimulations } from '#lab/simulator';
import { loadToolchain, type Toolchain } from '#lab/toolchain';
import type { PhoneTools } from '#lab/virtual-phone';
import type { DoctorCheck } from '#schemas';
import { cleanUpAfter } from './clean-up.ts';
import { createLabHost } from './lab-host.ts';
import { createLibraryRoom } from './library-room.ts';
import { createUploadStore } from './upload-store.ts';

export interface RunLabHostOptions {
  readonly home: Home;
  readonly deployToRealPhones: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

const USER_ADB_PORT = 5037;

/** Resolves when the signal fired and everything is closed. Throws `host.already-running`, `host.setup`, `adb.server`. */
export async function runLabHost(options: RunLabHostOptions): Promise<void> {
  const { home, logger, signal } = options;
  const scope = new Scope('lab host');
  try {
    await open(options, scope);
    logger.info('lab host is ready', { home: home.dir });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    logger.info('lab host is stopping', { why: String(signal.reason) });
  } finally {
    await scope.close();
  }
}

async function open(options: RunLabHostOptions, scope: Scope): Promise<void> {
  const { home, logger, signal } = options;
  const toolchain = loadToolchain();
  const version = await projectVersion(toolchain);
  scope.own(await lockHome(home), (lock) => lock.release());
  await cleanUpAfter(home, logger);
  scope.add(() => rm(home.runDir, { recursive: true, force: true }));
  const token = await ensureToken(home);
  const ports = { clock: systemClock, random: systemRandom, logger };

  const tools = phoneTools(toolchain);
  const privateServer = scope.own(
    await startPrivateServer({
      ...ports,
      adb: toolchain.need('adb'),
      home: path.join(home.dir, 'adb'),
      tether: tools.phoneInit,
      signal,
    }),
    (server) => server.close(),
  );
  // Real phones stay on the user's own server, which we only look at (DESIGN, Choices).
  const userServer = scope.own(openAdbServer({ ...ports, port: userAdbPort() }), (server) => server.close());

  const history = scope.own(openHistory({ ...ports, file: home.historyFile, version }), (it) => it.close());
  const payloads = createPayloadCache(toolchain.dist);
  let fleet: Fleet | undefined;
  const theFleet = (): Fleet => {
    if (!fleet) throw new Error('the fleet is not open yet');
    return fleet;
  };
  const library = await createLibraryRoom({
    fleet: theFleet,
    trustFile: path.join(home.dir, 'trusted-authors.json'),
    samplesDir: path.join(toolchain.dist, 'services'),
    logger,
  });
  const simulations = scope.own(createSimulations({ logger }), (it) => it.close());
  const apiUrl = { value: '' };
  const parts = scope.own(
    createLabHost({
      ...ports,
      fleet: theFleet,
      library,
      history,
      uploads: createUploadStore(path.join(home.runDir, 'uploads')),
      simulations,
      toolchain,
      info: () => ({
        version,
        pid: process.pid,
        apiUrl: apiUrl.value,
        adbPort: privateServer.port,
        home: home.dir,
      }),
      checks: async () => {
        const [machine, adb, past] = await Promise.all([
          localChecks(),
          adbChecks(privateServer.port),
          historyCheck(history),
        ]);
        return [...machine, ...adb, ...fleetChecks(theFleet()), past];
      },
      shutdown: options.stop,
    }),
    (it) => it.close(),
  );
  const { host, attached, detached } = parts;
  const recorder = scope.own(
    recordLab({ ...ports, record: history.record, links: () => host.mesh().links, version }),
    (it) => it.close(),
  );
  scope.own(
    host.events.on((event) => recorder.take(event)),
    (off) => off(),
  );
  fleet = createFleet({
    ...ports,
    privateServer,
    userServers: [userServer],
    deployToRealPhones: options.deployToRealPhones,
    attachedPhones: await openAttachedPhones(path.join(home.dir, 'attached-phones.json'), logger),
    ...(process.env.ABHAYA_ISOLATION === 'plain' ? { isolation: 'plain' as const } : {}),
    phonesDir: path.join(home.runDir, 'phones'),
    imageDir: path.join(home.dir, 'images'),
    tools,
    preload: once(async () => makePreload(path.join(home.dir, 'preload'), await payloads(hostAbi()))),
    payloadFor: payloads,
    onChange: parts.phoneChanged,
    onGone: parts.phoneGone,
    onAttached: attached,
    onDetached: detached,
  });
  scope.own(fleet, (it) => it.close());

  const api = scope.own(await startApiServer({ host, token, version, logger }), (it) => it.close());
  apiUrl.value = api.url;
  scope.add(() => host.events.emit({ event: 'stopping' }));
  await writeHostFile(home, {
    pid: process.pid,
    startedAt: systemClock.now(),
    apiUrl: api.url,
    adbPort: privateServer.port,
    version,
  });
  scope.add(() => rm(home.hostFile, { force: true }));
}

/** Made by whoever asks first; a failure is told to all who wait, and tried again by the next. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let making: Promise<T> | undefined;
  return () => {
    making ??= make();
    making.catch(() => {
      making = undefined;
    });
    return making;
  };
}

/** What is pushed to phones of an ABI; read once, as it is large. */
function createPayloadCache(dist: string): (abi: string) => Promise<Payload> {
  const cache = new Map<string, Promise<Payload>>();
  return (abi) => {
    const there = cache.get(abi);
    if (there) return there;
    const loading = loadPayload(dist, abi);
    cache.set(abi, loading);
    loading.catch(() => cache.delete(abi));
    return loading;
  };
}

const hostAbi = (): string => (process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64');

const userAdbPort = (): number => Number(process.env.ANDROID_ADB_SERVER_PORT) || USER_ADB_PORT;

function phoneTools(toolchain: Toolchain): PhoneTools {
  const native = path.join(toolchain.dist, 'native', hostAbi());
  return {
    node: toolchain.node,
    entry: path.join(toolchain.dist, 'virtual-phone.mjs'),
    shell: toolchain.need('mksh'),
    toybox: toolchain.need('toybox'),
    phoneInit: path.join(native, 'phone-init'),
    phoneCall: path.join(native, 'phone-call'),
    ...(toolchain.javaHome ? { jvm: toolchain.javaHome } : {}),
    libraries: toolchain.libraries,
  };
}

async function projectVersion(toolchain: Toolchain): Promise<string> {
  const text = await readFile(path.join(toolchain.projectRoot, 'package.json'), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version ?? '0');
}

const adbChecks = (privatePort: number): Promise<DoctorCheck[]> =>
  Promise.all([
    checkAdbServer({ name: 'private adb server', port: privatePort }),
    checkAdbServer({
      name: 'your adb server',
      port: userAdbPort(),
      whenNone: 'Real phones need a server there; it is found once it runs: adb start-server',
    }),
  ]);

function fleetChecks(fleet: Fleet): DoctorCheck[] {
  return fleet.sessions().map(({ view }) => ({
    name: `phone ${view.serial}`,
    ok: view.problem === undefined && view.sandbox?.unavailable === undefined,
    found: view.problem?.message ?? view.sandbox?.unavailable ?? view.state,
    ...(view.problem ? { fix: `look at: abhaya logs -s ${view.serial}` } : {}),
  }));
}

async function historyCheck(history: HistoryReader): Promise<DoctorCheck> {
  const { file, rows, dropped, problem, movedAside } = await history.status();
  const lost = dropped.tasks + dropped.events + dropped.samples;
  const found = [
    problem?.message ?? `${rows.tasks} tasks, ${rows.measurements} measurements`,
    ...(lost > 0 ? [`${lost} records were not written: the disk was too slow or too full`] : []),
    ...(movedAside ? [`a damaged file was put aside: ${movedAside}`] : []),
  ].join('; ');
  const fix = `make room for ${file}, or move it away; the lab host goes on without`;
  return { name: 'history', ok: problem === undefined, found, ...(problem ? { fix } : {}) };
}
