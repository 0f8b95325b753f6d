// What the window knows of the lab: the last snapshot plus every event since. One store; pages select from it.

import { create } from 'zustand';
import type { LabEvent, LabState, LinkView, PhoneView, ServiceView, TaskView } from '#schemas';

export interface LabData {
  readonly lab: LabState;
  /** False until the first snapshot of this connection is there. */
  readonly loaded: boolean;
  /** Why the last snapshot could not be had. */
  readonly loadError: string | undefined;
  readonly phones: ReadonlyMap<string, PhoneView>;
  readonly links: ReadonlyMap<string, LinkView>;
  readonly tasks: ReadonlyMap<string, TaskView>;
  readonly services: readonly ServiceView[];
  readonly meshReady: boolean;
}

export interface Snapshot {
  readonly phones: readonly PhoneView[];
  readonly links: readonly LinkView[];
  readonly tasks: readonly TaskView[];
  readonly services: readonly ServiceView[];
  readonly meshReady: boolean;
}

export const emptyLab: LabData = {
  lab: { phase: 'starting', message: 'Looking for a lab host', ours: false, connection: 0 },
  loaded: false,
  loadError: undefined,
  phones: new Map(),
  links: new Map(),
  tasks: new Map(),
  services: [],
  meshReady: false,
};

export const useLab = create<LabData>(() => emptyLab);

/** Pure: the lab as a snapshot says. */
export const fromSnapshot = (data: LabData, snapshot: Snapshot): LabData => ({
  ...data,
  loaded: true,
  loadError: undefined,
  phones: new Map(snapshot.phones.map((phone) => [phone.serial, phone])),
  links: new Map(snapshot.links.map((link) => [link.linkId, link])),
  tasks: new Map(snapshot.tasks.map((task) => [task.taskId, task])),
  services: snapshot.services,
  meshReady: snapshot.meshReady,
});

/** Pure: the lab after these events; maps that nothing touched stay the same objects, so pages don't redraw. */
export function afterEvents(data: LabData, events: readonly LabEvent[]): LabData {
  let { meshReady, services } = data;
  const phones = lazyCopy(data.phones);
  const links = lazyCopy(data.links);
  const tasks = lazyCopy(data.tasks);
  for (const event of events) {
    switch (event.event) {
      case 'phone':
        phones.write().set(event.phone.serial, event.phone);
        break;
      case 'phone-gone':
        phones.write().delete(event.serial);
        break;
      case 'task':
        tasks.write().set(event.task.taskId, event.task);
        break;
      case 'link':
        links.write().set(event.link.linkId, event.link);
        break;
      case 'service':
        services = withService(services, event.service);
        break;
      case 'link-gone':
        links.write().delete(event.linkId);
        break;
      case 'mesh':
        meshReady = event.ready;
        break;
      default:
        break;
    }
  }
  return { ...data, meshReady, services, phones: phones.value(), links: links.value(), tasks: tasks.value() };
}

/** In the order of the API; a service that no phone has any more is not in the library. */
function withService(services: readonly ServiceView[], service: ServiceView): readonly ServiceView[] {
  const others = services.filter(({ manifestSha256 }) => manifestSha256 !== service.manifestSha256);
  if (service.phones.length === 0) return others;
  return [...others, service].sort((a, b) => a.packageId.localeCompare(b.packageId));
}

function lazyCopy<K, V>(map: ReadonlyMap<K, V>) {
  let copy: Map<K, V> | undefined;
  return {
    write(): Map<K, V> {
      copy ??= new Map(map);
      return copy;
    },
    value: (): ReadonlyMap<K, V> => copy ?? map,
  };
}
