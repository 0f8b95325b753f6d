// The composition root of the agent: identity, mesh, library, sandbox, tasks and the control door, opened in order and
// closed in reverse. Nothing here is global; a test may run several in one process.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  clearAttachFiles,
  createAttachStore,
  createSpool,
  startBridgeServer,
  startControlServer,
} from '#agent/control';
import { createTlsIdentity, createVerifier, loadOrCreateIdentity } from '#agent/identity';
import {
  createDirectLinks,
  createFrameCapture,
  createMeshNode,
  type MeshNode,
  ownAddresses,
} from '#agent/mesh';
import { openPowerDesk } from '#agent/power';
import { startDeviceProbe } from '#agent/probes';
import { createShimWay } from '#agent/sandbox';
import { createSchemaJudge, openServiceLibrary } from '#agent/services';
import { createTaskEngine, type DeviceSnapshot } from '#agent/tasks';
import { Emitter, type Logger, Scope, systemClock, systemRandom } from '#base';
import {
  AGENT_PROTOCOL,
  type AgentEvents,
  type AgentHello,
  type AgentRunFile,
  type AgentSandbox,
  type AgentStartConfig,
  memoryCeilingMB,
  thermalClasses,
} from '#schemas';
import { agentHandlers } from './agent-handlers.ts';
import { tellNews } from './agent-news.ts';
import { removeOldBundles } from './clean-up.ts';
import { keepSandbox, supervisorOf } from './kept-sandbox.ts';
import { ownBench } from './own-bench.ts';
import { openProvenRuntimes } from './proven-runtimes.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';
import { openRuntimesDesk } from './runtimes-desk.ts';
import { deviceStateView, outputFile } from './views.ts';

export interface RunningAgent {
  readonly runFile: AgentRunFile;
  /** Resolves when the lab host asked for the end. */
  readonly shutdownAsked: Promise<void>;
  close(): Promise<void>;
}

const MIB = 1024 ** 2;
const MAX_SPOOLED_BYTES = 2 * 1024 ** 3;
const MAX_SERVICE_MS = 30_000;
const MAX_OUTPUT_BYTES = 1024 ** 3;
/** Android kills a process tree past 32 children (spec 03, layer 3): a few are ours. */
const MAX_SERVICES_AT_ONCE = 4;
const MAX_CAPTURE_BYTES = 256 * MIB;

/** Resolves when the lab host can attach. */
export async function runAgent(config: AgentStartConfig, logger: Logger): Promise<RunningAgent> {
  const scope = new Scope('agent');
  try {
    return await open(config, logger, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function open(config: AgentStartConfig, logger: Logger, scope: Scope): Promise<RunningAgent> {
  const at = (...parts: string[]) => path.join(config.root, ...parts);
  const ports = { clock: systemClock, random: systemRandom, logger };
  const asked = Promise.withResolvers<void>();
  const spoolDir = at('tmp', 'spool');
  // What a killed agent left half done is nobody's any more.
  await rm(at('tmp'), { recursive: true, force: true });
  await clearAttachFiles(at('run', 'attach'));

  const identity = await loadOrCreateIdentity(at('data', 'identity'));
  const probe = scope.own(await startDeviceProbe({ root: config.root, logger }), (it) => it.close());
  const power = scope.own(
    await openPowerDesk({ file: at('data', 'power.json'), probe, clock: systemClock, logger }),
    (it) => it.close(),
  );
  const { profile } = probe.state;
  const runtimes = await openRuntimesDesk({
    ...{ root: config.root, file: at('data', 'runtimes.json') },
    ...{ places: config.runtimes, device: { profile, abi: config.abi, flavours: config.flavours } },
  });
  const sandboxOptions = {
    logger,
    limits: {
      maxMemoryBytes: memoryCeilingMB[profile] * MIB,
      maxWallMs: MAX_SERVICE_MS,
      maxCpuMs: MAX_SERVICE_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      maxChildren: MAX_SERVICES_AT_ONCE,
    },
  };
  const shim = createShimWay(logger);
  const proven = await openProvenRuntimes({
    file: at('data', 'proven.json'),
    launcher: config.launcher,
    logger,
  });
  const sandbox = scope.own(
    await keepSandbox({
      logger,
      open: (signal) =>
        proven.open(runtimes.offer.offered, (places) =>
          supervisorOf(config, { ...sandboxOptions, runtimes: places }, shim)(signal),
        ),
    }),
    (it) => it.close(),
  );
  const benchNews = new Emitter<AgentEvents['sandbox.bench']>();
  const bench = scope.own(
    ownBench({
      config,
      runtimes: () => runtimes.offer,
      open: (places, signal) => supervisorOf(config, { ...sandboxOptions, runtimes: places }, shim)(signal),
      onProgress: (progress) => benchNews.emit(progress),
      now: () => systemClock.monotonic(),
    }),
    (it) => it.close(),
  );

  const lacking = () => ({ ...runtimes.offer.lacking, ...sandbox.capabilities.lacks });
  const sandboxView = (): AgentSandbox => {
    const { runtimes: offered, layers, unavailable } = sandbox.capabilities;
    return {
      ...{ runtimes: [...offered], layers: [...layers], lacks: lacking(), ...runtimes.view },
      ...(unavailable ? { unavailable } : {}),
    };
  };
  const device = (): DeviceSnapshot => {
    const { state } = probe;
    const { capabilities } = sandbox;
    return {
      profile: state.profile,
      abi: config.abi,
      platforms: ['android', 'linux'],
      runtimes: capabilities.runtimes,
      sandboxUnavailable: capabilities.unavailable,
      runtimesLacking: lacking(),
      memoryMB: Math.floor(state.memoryBytes / MIB),
      freeStorageMB: Math.floor(state.freeStorageBytes / MIB),
      hasGpu: false,
      specialHardware: [],
      freeMemoryMB: Math.floor(state.availableMemoryBytes / MIB),
      cpuLoad: state.cpuLoad,
      battery: state.battery,
      charging: state.charging,
      thermal: thermalClasses[Math.min(state.thermalStatus, thermalClasses.length - 1)] ?? 'critical',
      participation: power.participation,
    };
  };

  const judge = scope.own(createSchemaJudge(), (it) => it.close());
  const library = await openServiceLibrary({
    ...ports,
    folder: at('data', 'library'),
    judge,
    deviceFacts: device,
  });
  const mesh: MeshNode = scope.own(await createMeshNode({ ...ports, identity }), (it) => it.close());
  const capture = scope.own(
    createFrameCapture({
      source: mesh,
      file: at('tmp', 'capture'),
      maxBytes: MAX_CAPTURE_BYTES,
      clock: systemClock,
    }),
    (it) => it.close(),
  );
  const trustedAuthors = new Set<string>();
  const engine = scope.own(
    await createTaskEngine({
      ...ports,
      mesh,
      library,
      judge,
      sandbox,
      device,
      spoolDir: at('tmp', 'tasks'),
      identity: { sign: (message) => identity.sign(message), verify: createVerifier() },
      trust: (author) => (trustedAuthors.has(author) ? 'install' : 'ask'),
    }),
    (it) => it.close(),
  );

  const spool = createSpool({ dir: spoolDir, maxFileBytes: MAX_SPOOLED_BYTES });
  const bridge = scope.own(
    await startBridgeServer({
      logger,
      onLink: ({ role, peer, linkId }, socket) => {
        const attached =
          role === 'dial' ? mesh.attachDialler(socket, peer) : mesh.attachAcceptor(socket, peer);
        attached.catch((error: unknown) => {
          logger.warn('a bridged link did not come up', { linkId, error });
          socket.destroy();
        });
      },
    }),
    (it) => it.close(),
  );
  const direct = scope.own(createDirectLinks({ mesh, addresses: ownAddresses, logger }), (it) => it.close());

  /** What is offered is another one than what was opened with; it stays so where opening fails. */
  let renewal = false;
  const hello = (): AgentHello => {
    return {
      protocol: AGENT_PROTOCOL,
      nodeId: identity.nodeId,
      bundleHash: config.bundleHash,
      pid: process.pid,
      bridgePort: bridge.port,
      profile: probe.state.profile,
      abi: config.abi,
      device: deviceStateView(probe.state),
      sandbox: sandboxView(),
      mesh: { addresses: ownAddresses(), ...(direct.port ? { port: direct.port } : {}) },
    };
  };
  const control = scope.own(
    await startControlServer({
      tls: createTlsIdentity(identity),
      attach: createAttachStore({ dir: at('run', 'attach'), clock: systemClock }),
      spool,
      captureFile: capture.file,
      outputFile: (taskId, name) => outputFile(engine, taskId, name),
      handlers: agentHandlers({
        hello,
        probe,
        power,
        bench,
        mesh,
        bridge,
        direct,
        capture,
        library,
        engine,
        spool,
        trustedAuthors,
        setRuntimes: async (order) => {
          if (await runtimes.set(order)) renewal = true;
          if (renewal) await sandbox.renew();
          renewal = false;
          return sandboxView();
        },
        shutdown: () => asked.resolve(),
      }),
      logger,
    }),
    (it) => it.close(),
  );
  scope.own(
    benchNews.on((progress) => control.emit('sandbox.bench', progress)),
    (stop) => stop(),
  );
  scope.own(
    sandbox.onChange(() => control.emit('sandbox.changed', sandboxView())),
    (stop) => stop(),
  );
  scope.own(tellNews({ engine, probe, power, mesh, direct, library, control, clock: systemClock }), (stop) =>
    stop(),
  );

  const runFile: AgentRunFile = {
    protocol: AGENT_PROTOCOL,
    pid: process.pid,
    nodeId: identity.nodeId,
    controlPort: control.port,
    bundleHash: config.bundleHash,
  };
  await writeRunFile(config.root, runFile);
  scope.add(() => removeRunFile(config.root, process.pid));
  const removed = await removeOldBundles(config.root, config.bundleHash);
  if (removed.length > 0) logger.info('old bundles are gone', { removed });
  logger.info('agent is ready', { nodeId: identity.nodeId, sandbox: sandbox.capabilities });
  return { runFile, shutdownAsked: asked.promise, close: () => scope.close() };
}
