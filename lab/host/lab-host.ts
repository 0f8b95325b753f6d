// The lab host: fleet, links, libraries and tasks put together, behind the port that the API serves.

import { randomBytes } from 'node:crypto';
import { AbhayaError, type Clock, Emitter, type Logger, type Random } from '#base';
import type { LabHost } from '#lab/api';
import type { AgentClient, Fleet, PhoneSession } from '#lab/fleet';
import type { HistoryReader } from '#lab/history';
import { createLinkTable, type LinkEnd, type LinkTable, topologyPairs } from '#lab/links';
import type { Simulations } from '#lab/simulator';
import type { Toolchain } from '#lab/toolchain';
import type { DoctorCheck, HostView, LabEvent, PhoneView, SubmitTask, TaskView } from '#schemas';
import { checkedReceipt } from './checked-receipt.ts';
import type { LibraryRoom } from './library-room.ts';
import { createMeasurementEvents } from './measurement-events.ts';
import { createMeshDesk } from './mesh-desk.ts';
import { isMeshReady } from './mesh-watch.ts';
import { createPowerBook } from './power-book.ts';
import { createSandboxLab } from './sandbox-lab.ts';
import { createTaskBook } from './task-book.ts';
import type { UploadStore } from './upload-store.ts';

export interface LabHostOptions {
  readonly fleet: () => Fleet;
  readonly library: LibraryRoom;
  readonly uploads: UploadStore;
  readonly history: HistoryReader;
  readonly simulations: Simulations;
  readonly toolchain: Toolchain;
  readonly info: () => Omit<HostView, 'meshReady' | 'phones'>;
  readonly checks: () => Promise<DoctorCheck[]>;
  readonly shutdown: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The lab host and what the fleet tells it. */
export interface LabHostParts {
  readonly host: LabHost;
  attached(session: PhoneSession, client: AgentClient): Promise<void>;
  detached(session: PhoneSession): void;
  phoneChanged(phone: PhoneView): void;
  phoneGone(serial: string): void;
  close(): Promise<void>;
}

const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;
const MAX_PACKAGE_BYTES = 50 * 1024 ** 2;
const SUBMIT_TIMEOUT_MS = 30_000;

export function createLabHost(options: LabHostOptions): LabHostParts {
  const { uploads, library, logger } = options;
  const events = new Emitter<LabEvent>((error) => logger.error('an event listener failed', { error }));
  const serials = new Map<string, string>();
  const desk = createMeshDesk({
    phones: () =>
      options
        .fleet()
        .sessions()
        .map(({ view }) => view),
    serialOf: (nodeId) => serials.get(nodeId),
  });
  const book = createTaskBook({ serialOf: (nodeId) => serials.get(nodeId) });
  const measured = createMeasurementEvents({
    emit: (measurement) => events.emit({ event: 'measurement', ...measurement }),
    clock: options.clock,
  });
  library.onChange((service) => events.emit({ event: 'service', service }));
  const powers = createPowerBook({ emit: (power) => events.emit({ event: 'power', ...power }) });
  let sampled = false;
  let wasReady = false;

  const links: LinkTable = createLinkTable({
    endOf: (serial) => linkEndOf(options.fleet().find(serial)),
    onChange: (link) => events.emit({ event: 'link', link }),
    onGone: (linkId) => events.emit({ event: 'link-gone', linkId }),
    clock: options.clock,
    random: options.random,
    logger,
  });

  const running = (): PhoneSession[] =>
    options
      .fleet()
      .sessions()
      .filter(({ state }) => state === 'running');
  const ready = (): boolean =>
    isMeshReady(
      running().flatMap(({ agent }) => (agent ? [agent.hello.nodeId] : [])),
      desk.topologies,
    );

  function noticeMesh(): void {
    const isReady = ready();
    if (isReady === wasReady) return;
    wasReady = isReady;
    events.emit({ event: 'mesh', ready: isReady, atMs: options.clock.now() });
  }

  function agentOn(serial: string): AgentClient {
    const { agent, view } = options.fleet().session(serial);
    if (agent) return agent;
    throw new AbhayaError('device.offline', `no agent is attached on ${serial} (${view.state})`);
  }

  function shellOf(serial: string) {
    const { agent, transport, view } = options.fleet().session(serial);
    if (agent && transport && view.abi !== undefined) return { transport, abi: view.abi };
    throw new AbhayaError('device.offline', `no agent is attached on ${serial} (${view.state})`);
  }

  const sandboxLab = createSandboxLab({
    ...{
      toolchain: options.toolchain,
      store: options.history.sandbox,
      attackStore: options.history.attacks,
      uploads,
      clock: options.clock,
      logger,
      agentOn,
      shellOf,
    },
    phones: () => host.phones(),
    emit: (run) => events.emit({ event: 'sandbox-run', run }),
    emitAttack: (attack) => events.emit({ event: 'sandbox-attack', attack }),
    emitTry: (view) => events.emit({ event: 'sandbox-try', try: view }),
  });

  async function submitTask(request: SubmitTask): Promise<TaskView> {
    const from = request.from ?? running()[0]?.serial;
    if (!from)
      throw new AbhayaError('device.offline', 'no phone is running; start some with: abhaya up --phones 5');
    const agent = agentOn(from);
    const on = request.on === undefined ? undefined : agentOn(request.on).hello.nodeId;
    const inputs: Record<string, { spool: string } | { value: unknown }> = {};
    const inputFiles: Record<string, string> = {};
    for (const [name, input] of Object.entries(request.inputs)) {
      if ('upload' in input) {
        const given = await handOver(agent, input.upload);
        inputs[name] = { spool: given.spool };
        if (given.name !== undefined) inputFiles[name] = given.name;
      } else inputs[name] = { value: input.value };
    }
    const { packageId, author, version, deadlineMs } = request;
    const call = {
      packageId,
      inputs,
      ...(author ? { author } : {}),
      ...(version ? { version } : {}),
      ...(on ? { on } : {}),
      ...(deadlineMs ? { deadlineMs } : {}),
    };
    const { taskId } = await agent.call('task.submit', call, { timeoutMs: SUBMIT_TIMEOUT_MS });
    book.setInputFiles(taskId, inputFiles);
    noteTask(from, await agent.call('task.get', { taskId }));
    return book.get(taskId);
  }

  async function handOver(
    agent: AgentClient,
    uploadId: string,
  ): Promise<{ spool: string; name: string | undefined }> {
    const { stream, name } = await uploads.open(uploadId);
    const spool = `input-${randomBytes(8).toString('hex')}`;
    await agent.putSpool(spool, stream);
    await uploads.remove(uploadId);
    return { spool, name };
  }

  function noteTask(from: string, task: Parameters<typeof book.update>[1]): void {
    const view = book.update(from, task);
    if (view) events.emit({ event: 'task', task: view });
  }

  /** Tasks that a phone requested and doesn't know any more can't end by themselves. */
  function failTasks(serial: string, known: ReadonlySet<string>): void {
    for (const task of book.forgotten(serial, known)) events.emit({ event: 'task', task });
  }

  const host: LabHost = {
    events,
    history: options.history,
    info: () => ({ ...options.info(), meshReady: ready(), phones: options.fleet().sessions().length }),
    phones: () =>
      options
        .fleet()
        .sessions()
        .map(({ view }) => view),
    async addPhones(request) {
      const before = options
        .fleet()
        .sessions()
        .map(({ view }) => view.serial);
      const added = await options.fleet().addVirtual(request);
      const serialsNow = added.map(({ serial }) => serial);
      const kind = request.links ?? 'bridged';
      const pairs = topologyPairs(request.topology ?? 'ring', serialsNow.length, options.random);
      const link = (a: string, b: string) => links.add(a, b, { kind });
      await Promise.all(pairs.map(([a, b]) => link(serialsNow[a] ?? '', serialsNow[b] ?? '')));
      // New phones join those that are there, by one link.
      const [last, first] = [before.at(-1), serialsNow[0]];
      if (last && first) await link(last, first);
      return [...added];
    },
    async removePhone(serial) {
      await links.removeOf(serial);
      await options.fleet().removeVirtual(serial);
    },
    connectPhone: (address) => options.fleet().connect(address),
    async disconnectPhone(address) {
      await links.removeOf(await options.fleet().disconnect(address));
    },
    commandPhone: (serial, command) => options.fleet().command(serial, command),
    powers: () => powers.list(),
    power: async (serial) => agentOn(serial).call('power.get', {}),
    setPower: async (serial, policy) => agentOn(serial).call('power.set', policy),
    async log(serial, lines) {
      const { transport, view } = options.fleet().session(serial);
      if (!transport) throw new AbhayaError('device.offline', `${serial} is not reachable (${view.state})`);
      const { stdout } = await transport.shell(
        `tail -n ${lines} /data/local/tmp/abhaya/log/agent.log 2>/dev/null`,
      );
      return { serial, lines: stdout.split(/\r?\n/).filter((line) => line !== '') };
    },
    async startCapture(serial) {
      await agentOn(serial).call('mesh.capture.start', {});
    },
    stopCapture: async (serial) => agentOn(serial).call('mesh.capture.stop', {}),
    openCapture: async (serial) => agentOn(serial).openCapture(),
    mesh: () => ({
      ready: ready(),
      links: links.list(),
      topologies: Object.fromEntries(
        [...desk.topologies].map(([nodeId, view]) => [serials.get(nodeId) ?? nodeId, view]),
      ),
    }),
    meshMap: () => desk.map({ ready: ready(), links: links.list() }),
    meshRoutes: desk.routes,
    meshPath: desk.path,
    simulations: options.simulations,
    sandboxLab,
    async addLink({ a, b, ...how }) {
      for (const serial of [a, b]) options.fleet().session(serial);
      return links.add(a, b, how);
    },
    removeLink: (linkId) => links.remove(linkId),
    services: () => library.list(),
    async installService(source, serial) {
      const { uploadId } = await uploads.put(source, { maxBytes: MAX_PACKAGE_BYTES });
      try {
        return await library.install(uploads.pathOf(uploadId), serial);
      } finally {
        await uploads.remove(uploadId);
      }
    },
    service: (manifestSha256) => library.get(manifestSha256),
    removeService: (manifestSha256, serial) => library.remove(manifestSha256, serial),
    upload: (source, name) => uploads.put(source, { maxBytes: MAX_UPLOAD_BYTES, name }),
    submitTask,
    tasks: () => book.list(),
    task: (taskId) => book.get(taskId),
    async cancelTask(taskId) {
      const { from } = book.get(taskId);
      const agent = agentOn(from);
      await agent.call('task.cancel', { taskId, reason: 'cancelled by the user' });
      noteTask(from, await agent.call('task.get', { taskId }));
      return book.get(taskId);
    },
    async receipt(taskId) {
      const receipt = await agentOn(book.get(taskId).from).call('task.receipt', { taskId });
      return checkedReceipt(receipt, (nodeId) => serials.get(nodeId));
    },
    openOutput(taskId, name) {
      const task = book.get(taskId);
      if (!task.outputs.some((output) => output.name === name)) {
        throw new AbhayaError('not-found', `the task has no output ${name}`);
      }
      return agentOn(task.from).openOutput(taskId, name);
    },
    doctor: () => options.checks(),
    shutdown: options.shutdown,
  };

  return {
    host,
    async attached(session, client) {
      const { serial } = session.view;
      serials.set(client.hello.nodeId, serial);
      client.on('mesh.topology', (topology) => {
        desk.note(client.hello.nodeId, topology);
        noticeMesh();
      });
      client.on('task.changed', (task) => noteTask(serial, task));
      client.on('links.direct', (report) => links.told(serial, report));
      powers.attached(serial, client);
      client.on('device.changed', (state) => measured.take(serial, state));
      measured.take(serial, client.hello.device);
      // The samples go to the first phone: the others must fetch them over the mesh.
      const samples = !sampled && session.view.kind === 'virtual';
      sampled ||= samples;
      await library.welcome(session, client, { samples });
      desk.note(client.hello.nodeId, await client.call('mesh.topology', {}));
      const known = await client.call('task.list', {});
      for (const task of known) noteTask(serial, task);
      failTasks(serial, new Set(known.map(({ taskId }) => taskId)));
      await links.attached(serial);
      queueMicrotask(noticeMesh);
    },
    detached(session) {
      links.detached(session.view.serial);
      library.left(session.view.serial);
      powers.forget(session.view.serial);
      if (session.view.nodeId) desk.forget(session.view.nodeId);
      queueMicrotask(noticeMesh);
    },
    phoneChanged(phone) {
      events.emit({ event: 'phone', phone });
      if (phone.state === 'failed') failTasks(phone.serial, new Set());
    },
    phoneGone(serial) {
      events.emit({ event: 'phone-gone', serial });
      measured.forget(serial);
      failTasks(serial, new Set());
    },
    async close() {
      await sandboxLab.close();
      await links.close();
    },
  };
}

function linkEndOf(session: PhoneSession | undefined): LinkEnd | undefined {
  const agent = session?.agent;
  if (!agent) return undefined;
  return {
    nodeId: agent.hello.nodeId,
    expectLink: async (link) => {
      await agent.call('link.expect', link, { timeoutMs: 5_000 });
    },
    openBridge: agent.openBridge,
    // Virtual phones share this machine's loopback; a real one listens on its own network.
    directHost: session.view.kind === 'virtual' ? '127.0.0.1' : undefined,
    setDirectLinks: (order) => agent.call('links.direct', order, { timeoutMs: 5_000 }),
  };
}
