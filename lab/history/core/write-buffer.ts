// What waits to be written. Bounded: when the disk can't follow, the oldest goes first and is counted. Pure.

import type { Measurement } from '#schemas';
import type { Batch, Dropped, EventRecord, LinkSample, TaskRecord, TaskSample } from './records.ts';

export interface BufferLimits {
  readonly tasks: number;
  readonly events: number;
  /** For each kind of sample. */
  readonly samples: number;
}

/** At most this many of a kind go into one transaction: reads come in between. */
const BATCH = 500;

export class WriteBuffer {
  readonly #limits: BufferLimits;
  /** Only a task's latest view matters: the ones before it are replaced while they wait. */
  readonly #tasks = new Map<string, TaskRecord>();
  #events: EventRecord[] = [];
  #phones: Measurement[] = [];
  #links: LinkSample[] = [];
  #taskSamples: TaskSample[] = [];
  #dropped = { tasks: 0, events: 0, samples: 0 };

  constructor(limits: BufferLimits = { tasks: 5_000, events: 5_000, samples: 20_000 }) {
    this.#limits = limits;
  }

  get dropped(): Dropped {
    return { ...this.#dropped };
  }

  get size(): number {
    const lists = [this.#events, this.#phones, this.#links, this.#taskSamples];
    return lists.reduce((sum, list) => sum + list.length, this.#tasks.size);
  }

  /** More waits than one batch takes. */
  get crowded(): boolean {
    const lists = [this.#events, this.#phones, this.#links, this.#taskSamples];
    return this.#tasks.size > BATCH || lists.some(({ length }) => length > BATCH);
  }

  task(record: TaskRecord): void {
    this.#tasks.set(record.task.taskId, record);
    this.#boundTasks();
  }

  event(record: EventRecord): void {
    this.#events.push(record);
    this.#dropped.events += bound(this.#events, this.#limits.events);
  }

  phone(sample: Measurement): void {
    this.#phones.push(sample);
    this.#dropped.samples += bound(this.#phones, this.#limits.samples);
  }

  link(sample: LinkSample): void {
    this.#links.push(sample);
    this.#dropped.samples += bound(this.#links, this.#limits.samples);
  }

  taskSample(sample: TaskSample): void {
    this.#taskSamples.push(sample);
    this.#dropped.samples += bound(this.#taskSamples, this.#limits.samples);
  }

  /** The oldest of everything; undefined when nothing waits. */
  take(): Batch | undefined {
    if (this.size === 0) return undefined;
    const tasks = [...this.#tasks.values()].slice(0, BATCH);
    for (const { task } of tasks) this.#tasks.delete(task.taskId);
    return {
      tasks,
      events: this.#events.splice(0, BATCH),
      phones: this.#phones.splice(0, BATCH),
      links: this.#links.splice(0, BATCH),
      taskSamples: this.#taskSamples.splice(0, BATCH),
    };
  }

  /** A batch that could not be written waits again, before what came since. */
  giveBack(batch: Batch): void {
    const newer = [...this.#tasks.values()];
    this.#tasks.clear();
    for (const record of [...batch.tasks, ...newer]) this.#tasks.set(record.task.taskId, record);
    this.#boundTasks();
    this.#events.unshift(...batch.events);
    this.#phones.unshift(...batch.phones);
    this.#links.unshift(...batch.links);
    this.#taskSamples.unshift(...batch.taskSamples);
    this.#dropped.events += bound(this.#events, this.#limits.events);
    for (const list of [this.#phones, this.#links, this.#taskSamples]) {
      this.#dropped.samples += bound<unknown>(list, this.#limits.samples);
    }
  }

  /** A batch that never can be written. */
  drop(batch: Batch): void {
    this.#dropped.tasks += batch.tasks.length;
    this.#dropped.events += batch.events.length;
    this.#dropped.samples += batch.phones.length + batch.links.length + batch.taskSamples.length;
  }

  clear(): void {
    this.#tasks.clear();
    for (const list of [this.#events, this.#phones, this.#links, this.#taskSamples]) list.length = 0;
  }

  #boundTasks(): void {
    for (const taskId of this.#tasks.keys()) {
      if (this.#tasks.size <= this.#limits.tasks) return;
      this.#tasks.delete(taskId);
      this.#dropped.tasks += 1;
    }
  }
}

function bound<T>(list: T[], limit: number): number {
  const over = Math.max(0, list.length - limit);
  if (over > 0) list.splice(0, over);
  return over;
}
