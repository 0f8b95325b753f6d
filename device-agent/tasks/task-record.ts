// What is shown of one requested task: its timeline, progress and report, beside what its core knows.

import type { Clock } from '#base';
import type { AgentTaskView, ServiceCard, TaskProgress, TaskState, WireExitReport } from '#schemas';
import type { RequesterCore } from './core/requester.ts';
import type { TaskOutput } from './port.ts';

export class TaskRecord {
  readonly #taskId: string;
  readonly #card: ServiceCard;
  readonly #clock: Clock;
  readonly #beganAt: number;
  readonly #startedAt: number;
  readonly #timeline: { state: TaskState; atMs: number; note?: string; device?: string }[] = [];
  #source: string | undefined;
  #progress: TaskProgress | undefined;
  report: WireExitReport | undefined;
  /** Of the message that brought the result. */
  hops: number | undefined;

  /** beganAt: monotonic ms of the request. */
  constructor(taskId: string, card: ServiceCard, clock: Clock, beganAt: number) {
    this.#taskId = taskId;
    this.#card = card;
    this.#clock = clock;
    this.#beganAt = beganAt;
    this.#startedAt = clock.now() - (clock.monotonic() - beganAt);
    this.#timeline.push({ state: 'queued', atMs: 0 });
  }

  /** device: the one that the task is with, where it is with one. */
  enter(state: TaskState, note: string | undefined, device: string | undefined): void {
    this.#timeline.push({
      state,
      atMs: this.#since(),
      ...(note === undefined ? {} : { note }),
      ...(device === undefined ? {} : { device }),
    });
  }

  note(progress: TaskProgress): void {
    this.#progress = progress;
    this.#source = progress.source ?? this.#source;
  }

  #since(): number {
    return Math.max(0, Math.round((this.#clock.monotonic() - this.#beganAt) * 10) / 10);
  }

  view(
    core: RequesterCore,
    outputs: readonly TaskOutput[],
    hopsTo: (nodeId: string) => number | undefined,
  ): AgentTaskView {
    const { key } = this.#card;
    const { device, problem } = core;
    const { report } = this;
    const progress = this.#progress;
    const source = this.#source;
    return {
      taskId: this.#taskId,
      packageId: key.packageId,
      version: key.version,
      author: key.author,
      manifestSha256: key.manifestSha256,
      state: this.#timeline.at(-1)?.state ?? 'queued',
      ...(device === undefined ? {} : { device }),
      hops: this.hops ?? (device === undefined ? 0 : (hopsTo(device) ?? 0)),
      attempts: core.attempts,
      ...(problem ? { problem: { ...problem } } : {}),
      outputs: outputs.map(({ path: _, ...output }) => output),
      timeline: this.#timeline.map((step) => ({ ...step })),
      offers: core.offers.map(({ nodeId, score, at, chosen }) => ({
        nodeId,
        score: score.score,
        parts: { ...score.parts },
        atMs: Math.max(0, at - this.#beganAt),
        chosen,
      })),
      ...(progress
        ? {
            progress: {
              cpuMs: progress.cpuMs,
              memoryBytes: progress.memoryBytes,
              bytesIn: progress.bytesIn,
              bytesOut: progress.bytesOut,
            },
          }
        : {}),
      ...(report ? { report } : {}),
      ...(source === undefined ? {} : { source }),
      startedAt: this.#startedAt,
    };
  }
}
