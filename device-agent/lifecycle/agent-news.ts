// What an agent tells the lab hosts that are attached, without being asked: each room's changes as an event.

import type { ControlServer } from '#agent/control';
import type { DirectLinks, MeshNode } from '#agent/mesh';
import type { PowerDesk } from '#agent/power';
import type { DeviceProbe } from '#agent/probes';
import type { ServiceLibrary } from '#agent/services';
import type { TaskEngine } from '#agent/tasks';
import type { Clock, Unsubscribe } from '#base';
import { throttle } from './throttle.ts';
import { createTopologyNews } from './topology-news.ts';
import { deviceStateView, libraryItem, topologyView } from './views.ts';

const TOPOLOGY_EVENTS_MS = 250;
/** Each of n phones tells of n nodes: in a large mesh less often, so that the lab host isn't drowned. */
const TOPOLOGY_EVENTS_MS_PER_NODE = 15;
const DIRECT_EVENTS_MS = 100;

export interface NewsRooms {
  readonly engine: Pick<TaskEngine, 'onChange'>;
  readonly probe: Pick<DeviceProbe, 'onChange'>;
  readonly power: Pick<PowerDesk, 'onChange'>;
  readonly mesh: MeshNode;
  readonly direct: DirectLinks;
  readonly library: ServiceLibrary;
  readonly control: Pick<ControlServer, 'emit'>;
  readonly clock: Clock;
}

export function tellNews({
  engine,
  probe,
  power,
  mesh,
  direct,
  library,
  control,
  clock,
}: NewsRooms): Unsubscribe {
  const news = createTopologyNews(clock);
  const topology = throttle(() => {
    const view = topologyView(mesh);
    if (news.isNew(view)) control.emit('mesh.topology', view);
    return Math.max(TOPOLOGY_EVENTS_MS, TOPOLOGY_EVENTS_MS_PER_NODE * view.nodes.length);
  });
  const links = throttle(() => {
    control.emit('links.direct', direct.report());
    return DIRECT_EVENTS_MS;
  });
  const stops = [
    engine.onChange((view) => control.emit('task.changed', view)),
    probe.onChange((state) => control.emit('device.changed', deviceStateView(state))),
    power.onChange((view) => control.emit('power.changed', view)),
    mesh.onTopology(() => topology.poke()),
    direct.onChange(() => links.poke()),
    library.onChange((change) =>
      control.emit(
        'services.changed',
        'added' in change
          ? { added: libraryItem(library, change.added) }
          : { removed: change.removed.manifestSha256 },
      ),
    ),
    () => topology.stop(),
    () => links.stop(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
