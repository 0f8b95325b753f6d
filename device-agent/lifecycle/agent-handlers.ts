// The agent's side of the table of calls: each call is a few words to the room that does it.

import type { BridgeServer, Handlers, Spool } from '#agent/control';
import type { DirectLinks, FrameCapture, MeshNode } from '#agent/mesh';
import type { PowerDesk } from '#agent/power';
import type { DeviceProbe } from '#agent/probes';
import type { BenchDesk } from '#agent/sandbox-bench';
import type { LibraryEntry, ServiceLibrary } from '#agent/services';
import type { SubmitOptions, TaskEngine, TaskInput } from '#agent/tasks';
import { AbhayaError } from '#base';
import {
  type AgentCalls,
  type AgentHello,
  type AgentSandbox,
  finalTaskStates,
  type LibraryItem,
  type RuntimesOrder,
} from '#schemas';
import { libraryItem, manifestView, receiptView, topologyView } from './views.ts';

export interface HandlerRooms {
  readonly hello: () => AgentHello;
  readonly mesh: MeshNode;
  readonly bridge: BridgeServer;
  readonly direct: DirectLinks;
  readonly capture: FrameCapture;
  readonly probe: Pick<DeviceProbe, 'refresh'>;
  readonly power: PowerDesk;
  readonly bench: BenchDesk;
  readonly library: ServiceLibrary;
  readonly engine: TaskEngine;
  readonly spool: Spool;
  readonly trustedAuthors: Set<string>;
  /** One after the other. */
  readonly setRuntimes: (order: RuntimesOrder) => Promise<AgentSandbox>;
  readonly shutdown: () => void;
}

export function agentHandlers(rooms: HandlerRooms): Handlers<AgentCalls> {
  const { mesh, library, engine, spool, trustedAuthors } = rooms;
  let runtimes: Promise<unknown> = Promise.resolve();
  const item = (entry: LibraryEntry): LibraryItem => libraryItem(library, entry);
  return {
    hello: rooms.hello,
    'link.expect': (link) => {
      rooms.bridge.expect(link);
      return {};
    },
    'links.direct': (order) => rooms.direct.set(order),
    'mesh.topology': () => topologyView(mesh),
    'mesh.capture.start': () => {
      rooms.capture.start();
      return {};
    },
    'mesh.capture.stop': () => rooms.capture.stop(),
    'mesh.stats': () => mesh.stats(),
    'policy.set': (policy) => {
      trustedAuthors.clear();
      for (const author of policy.trustedAuthors) trustedAuthors.add(author);
      return {};
    },
    'power.get': async () => {
      await rooms.probe.refresh();
      return rooms.power.view;
    },
    'power.set': (policy) => rooms.power.set(policy),
    'runtimes.set': (order) => {
      const next = runtimes.catch(() => undefined).then(() => rooms.setRuntimes(order));
      runtimes = next;
      return next;
    },
    'sandbox.bench': ({ benchId, ...ask }, { signal }) => rooms.bench.run(benchId, ask, { signal }),
    'sandbox.bench.cancel': async ({ benchId }) => {
      await rooms.bench.cancel(benchId);
      return {};
    },
    'services.list': () => library.list().map(item),
    'services.add': async (params, { signal }) => {
      const file = await spool.pathOf(params.spool);
      try {
        return item(await library.add(file, { signal }));
      } finally {
        await spool.remove(params.spool);
      }
    },
    'services.get': ({ manifestSha256 }) => {
      const entry = library.get(manifestSha256);
      if (!entry) throw new AbhayaError('not-found', 'the service is not in this phone’s library');
      return manifestView(entry.manifest);
    },
    'services.judge': ({ manifest }) => {
      const { verdict, reasons } = library.verdict(manifest);
      return { verdict, reasons: [...reasons] };
    },
    'services.remove': async ({ manifestSha256 }) => {
      await library.remove(manifestSha256);
      return {};
    },
    'task.submit': (params) => submit(rooms, params),
    'task.get': ({ taskId }) => engine.get(taskId),
    'task.list': () => engine.list(),
    'task.cancel': ({ taskId, reason }) => {
      engine.cancel(taskId, reason);
      return {};
    },
    'task.receipt': ({ taskId }) => {
      const receipt = engine.receipts().find(({ body }) => body.taskId === taskId);
      if (!receipt) throw new AbhayaError('not-found', 'there is no receipt of this task');
      return receiptView(receipt);
    },
    shutdown: () => {
      // After the answer is on its way.
      setTimeout(rooms.shutdown, 50);
      return {};
    },
  };
}

/** Spooled inputs belong to the task: they go when it ends, or at once when it is refused. */
async function submit(
  { engine, spool }: HandlerRooms,
  params: AgentCalls['task.submit']['params'],
): Promise<{ taskId: string }> {
  const inputs: Record<string, TaskInput> = {};
  const spooled: string[] = [];
  const removeSpooled = () => Promise.all(spooled.map((name) => spool.remove(name)));
  try {
    for (const [name, input] of Object.entries(params.inputs)) {
      if ('spool' in input) {
        inputs[name] = { path: await spool.pathOf(input.spool) };
        spooled.push(input.spool);
      } else {
        inputs[name] = { value: input.value };
      }
    }
    const { packageId, author, version, on, deadlineMs } = params;
    const request: SubmitOptions = {
      packageId,
      inputs,
      ...(author ? { author } : {}),
      ...(version ? { version } : {}),
      ...(on ? { constraints: { on } } : {}),
      ...(deadlineMs ? { deadlineMs } : {}),
    };
    const taskId = await engine.submit(request);
    const done = (state: (typeof finalTaskStates)[number]) => finalTaskStates.includes(state);
    if (done(engine.get(taskId).state)) {
      await removeSpooled();
    } else {
      const off = engine.onChange((view) => {
        if (view.taskId !== taskId || !done(view.state)) return;
        off();
        void removeSpooled();
      });
    }
    return { taskId };
  } catch (error) {
    await removeSpooled();
    throw error;
  }
}
