// What goes into the history, as the lab host hands it over.

import type { Measurement, TaskView } from '#schemas';

/** Something that happened to a phone, a link, the mesh or the lab host. */
export interface EventRecord {
  readonly atMs: number;
  readonly kind: 'phone' | 'link' | 'mesh' | 'host';
  /** A serial, a link's id, or empty. */
  readonly subject: string;
  readonly state: string;
  readonly detail?: string;
}

export interface TaskRecord {
  /** By the lab host's clock; a phone's own may be wrong. */
  readonly atMs: number;
  readonly task: TaskView;
}

export interface LinkSample {
  readonly atMs: number;
  readonly linkId: string;
  readonly a: string;
  readonly b: string;
  readonly bytesAtoB: number;
  readonly bytesBtoA: number;
}

export interface TaskSample {
  readonly atMs: number;
  readonly taskId: string;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Written in one transaction. */
export interface Batch {
  readonly tasks: readonly TaskRecord[];
  readonly events: readonly EventRecord[];
  readonly phones: readonly Measurement[];
  readonly links: readonly LinkSample[];
  readonly taskSamples: readonly TaskSample[];
}

export interface Dropped {
  readonly tasks: number;
  readonly events: number;
  readonly samples: number;
}
