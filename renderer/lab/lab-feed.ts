// Keeps the store true: a snapshot with every new connection, then events. Events that come while the snapshot is
// under way are kept and applied after it.

import { toErrorShape } from '#base';
import type { LabEvent, LabState } from '#schemas';
import { call } from '../api/bridge.ts';
import { get } from '../api/client.ts';
import { afterEvents, fromSnapshot, type Snapshot, useLab } from './lab-store.ts';

/** Returns the function that ends it. */
export function followLab(): () => void {
  let waiting: LabEvent[] | undefined;
  let seen = -1;
  let stopped = false;

  function onState(lab: LabState): void {
    useLab.setState({ lab });
    if (lab.phase === 'connected' && lab.connection !== seen) {
      seen = lab.connection;
      void load(lab.connection);
    }
  }

  async function load(connection: number): Promise<void> {
    waiting = [];
    try {
      const snapshot = await readSnapshot();
      if (stopped || connection !== seen) return;
      useLab.setState((data) => afterEvents(fromSnapshot(data, snapshot), waiting ?? []));
      waiting = undefined;
    } catch (error) {
      if (!stopped && connection === seen) useLab.setState({ loadError: toErrorShape(error).message });
    }
  }

  const stops = [
    window.abhaya.on('labState', onState),
    window.abhaya.on('lab', (events) => {
      if (waiting) waiting.push(...events);
      else useLab.setState((data) => afterEvents(data, events));
      if (events.some(({ event }) => event === 'link' || event === 'phone-gone')) refreshLinksSoon();
    }),
  ];
  let timer: number | undefined;
  /** For what has no event of its own, or none that says enough. */
  function refreshLinksSoon(): void {
    timer ??= window.setTimeout(() => {
      timer = undefined;
      void refreshLinks().catch(() => undefined);
    }, 1_000);
  }
  void call('lab.state', {}).then(onState, () => undefined);
  return () => {
    stopped = true;
    for (const stop of stops) stop();
    window.clearTimeout(timer);
  };
}

async function refreshLinks(): Promise<void> {
  const { ready, links } = await readLinks();
  useLab.setState({ links: new Map(links.map((link) => [link.linkId, link])), meshReady: ready });
}

async function readSnapshot(): Promise<Snapshot> {
  const [phones, mesh, tasks, services] = await Promise.all([
    get('phones', '/phones'),
    readLinks(),
    get('tasks', '/tasks'),
    get('services', '/services'),
  ]);
  return { phones, links: mesh.links, tasks, services, meshReady: mesh.ready };
}

/** By the mesh's map: the whole of what each phone sees grows with the square of the fleet. */
async function readLinks() {
  const { ready, edges } = await get('meshMap', '/mesh/map');
  return { ready, links: edges.flatMap(({ link }) => link ?? []) };
}
