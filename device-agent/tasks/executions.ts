// Tasks that this device runs, for others and for itself: makes offers, fetches what is missing, runs the sandbox,
// keeps results until they are acknowledged. Owns its part of the spool.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Sandbox } from '#agent/sandbox';
import type { ServiceLibrary } from '#agent/services';
import { type Clock, type Logger, toErrorShape } from '#base';
import type { Receipt, ResultAck, StreamHeader, TaskRequest, TaskStart } from '#schemas';
import { Alarm } from './alarm.ts';
import { receiptBytes } from './core/digests.ts';
import {
  ExecutorCore,
  type ExecutorEffect,
  type ExecutorEvent,
  type ExecutorTimings,
} from './core/executor.ts';
import type { Messenger, TaskMail } from './messenger.ts';
import type { DeviceSnapshot, TaskIdentity, TrustVerdict } from './port.ts';
import type { ServableFile } from './transfer.ts';
import { willingnessFor } from './willingness.ts';
import { idleAt, type WorkProgress } from './work-progress.ts';
import type { RunOutcome, TaskWorker } from './worker.ts';

export interface ExecutionsOptions {
  readonly messenger: Messenger;
  readonly library: ServiceLibrary;
  readonly sandbox: Sandbox | undefined;
  readonly worker: TaskWorker;
  readonly device: () => DeviceSnapshot;
  readonly trust: (author: string) => TrustVerdict;
  readonly attended: boolean;
  readonly identity: TaskIdentity;
  readonly maxTasks: number;
  /** Tasks beyond these that may wait for their turn. */
  readonly maxWaiting: number;
  /** Tasks that are remembered, finished ones included. */
  readonly maxRemembered: number;
  readonly maxPerRequester: number;
  readonly timings: ExecutorTimings;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onReceipt: (receipt: Receipt) => void;
}

interface Execution {
  readonly requester: string;
  readonly taskId: string;
  readonly core: ExecutorCore;
  readonly alarm: Alarm;
  readonly folder: string;
  start: TaskStart | undefined;
  abort: AbortController;
  progress: WorkProgress;
  outcome: RunOutcome | undefined;
  work: Promise<void>;
  /** Taken, and not worked off yet. */
  admitted: boolean;
  /** For its turn. */
  waiting: boolean;
}

export interface Executions {
  onMail(mail: TaskMail): void;
  /** An output that the requester may have. */
  fileFor(peer: string, header: StreamHeader): ServableFile | undefined;
  running(): { taskId: string; requester: string; phase: string }[];
  close(): Promise<void>;
}

export function createExecutions(options: ExecutionsOptions): Executions {
  const { messenger, clock, logger, library } = options;
  // Keyed by requester too: nobody can reach another's task by knowing its id.
  const executions = new Map<string, Execution>();
  let dead: string | undefined = options.sandbox ? undefined : 'this device has no sandbox';
  let closed = false;
  void options.sandbox?.died.then((why) => {
    dead = `the sandbox has died: ${why}`;
  });
  const now = () => clock.monotonic();
  const keyOf = (requester: string, taskId: string) => `${requester}/${taskId}`;
  /** Tasks that were taken and are not worked off: running, or waiting for their turn. */
  const busy = () => [...executions.values()].filter(({ admitted }) => admitted).length;
  const turns = pLimit(options.maxTasks);

  const willing = (from: string, task: Pick<TaskRequest, 'service' | 'needs' | 'privacy'>, direct: boolean) =>
    willingnessFor(task, {
      device: options.device(),
      library,
      trust: options.trust,
      attended: options.attended,
      runningTasks: busy(),
      maxTasks: options.maxTasks,
      maxWaiting: options.maxWaiting,
      unavailable: dead ?? options.sandbox?.capabilities.unavailable,
      requester: { own: from === messenger.self },
      direct,
    });

  const onRequest = (from: string, request: TaskRequest, direct: boolean): void => {
    const { taskId, round } = request;
    const will = willing(from, request, direct);
    if (will.takes) messenger.send(from, 'task_offer', { taskId, round, accept: true, ...will.offer });
    else if (direct)
      messenger.send(from, 'task_offer', { taskId, round, accept: false, reason: will.reason });
  };

  /** Undefined when the requester has too many tasks here, or there is no room: then nothing is remembered of it. */
  const remember = (requester: string, taskId: string): Execution | undefined => {
    const key = keyOf(requester, taskId);
    const known = executions.get(key);
    if (known) return known;
    forgetOld();
    const theirs = [...executions.values()].filter((execution) => execution.requester === requester);
    if (theirs.length >= options.maxPerRequester || executions.size >= options.maxRemembered) {
      logger.warn('a task is ignored: too many are remembered', { requester, taskId });
      return undefined;
    }
    const core = new ExecutorCore(now(), options.timings);
    const execution: Execution = {
      requester,
      taskId,
      core,
      alarm: new Alarm(clock, () => drive(execution, { type: 'wake' })),
      folder: join(options.folder, `${requester.slice(0, 16)}-${taskId}`),
      start: undefined,
      abort: new AbortController(),
      progress: idleAt('starting'),
      outcome: undefined,
      work: Promise.resolve(),
      admitted: false,
      waiting: false,
    };
    executions.set(key, execution);
    return execution;
  };

  const forgetOld = (): void => {
    for (const [key, { core, alarm }] of executions) {
      const ended = core.state === 'done' || core.state === 'idle';
      if (!ended || (core.forgetAt > now() && executions.size < options.maxRemembered)) continue;
      alarm.stop();
      executions.delete(key);
    }
  };

  const drive = (execution: Execution, event: ExecutorEvent): void => {
    if (closed) return;
    const effects = execution.core.handle(event, now());
    for (const effect of effects) perform(execution, effect);
    execution.alarm.set(execution.core.wakeAt());
  };

  const perform = (execution: Execution, effect: ExecutorEffect): void => {
    switch (effect.do) {
      case 'work':
        begin(execution);
        break;
      case 'stop-work':
        execution.abort.abort(effect.reason);
        break;
      case 'tell-progress': {
        const { taskId, requester, progress } = execution;
        const phase = execution.core.state === 'delivering' ? 'delivering' : progress.phase;
        // Waiting for one's turn is no standstill.
        const work = execution.waiting ? Math.round(now()) : progress.work;
        messenger.send(requester, 'task_progress', {
          taskId,
          attempt: effect.attempt,
          ...progress,
          phase,
          work,
        });
        break;
      }
      case 'tell-result':
        tellResult(execution, effect.attempt);
        break;
      case 'settle':
        settle(execution, effect.reason);
        break;
    }
  };

  const begin = (execution: Execution): void => {
    const { start, requester, taskId } = execution;
    if (!start) return;
    const abort = new AbortController();
    execution.abort = abort;
    execution.outcome = undefined;
    execution.progress = idleAt('starting');
    const refusal = refusalOf(execution, start);
    execution.admitted = refusal === undefined;
    const leave = () => {
      execution.admitted = false;
    };
    // A second start of the task waits until the first one's files are gone.
    execution.work = execution.work.then(async () => {
      if (abort.signal.aborted || closed) return;
      await rm(execution.folder, { recursive: true, force: true });
      await mkdir(execution.folder, { recursive: true, mode: 0o700 });
      const order = {
        start,
        requester,
        folder: execution.folder,
        signal: abort.signal,
        refusal: () => refusal,
        onProgress: (progress: WorkProgress) => {
          const changed = progress.phase !== execution.progress.phase;
          execution.progress = progress;
          if (changed) drive(execution, { type: 'phase' });
        },
        attempt: () => execution.core.attempt,
      };
      const run = async () => (abort.signal.aborted ? undefined : await options.worker.run(order));
      // A refusal needs no turn.
      execution.waiting = refusal === undefined;
      const outcome = await (execution.waiting
        ? turns(() => {
            execution.waiting = false;
            return run();
          })
        : run()
      ).finally(leave);
      if (!outcome) return;
      if (abort.signal.aborted) return;
      execution.outcome = outcome;
      logger.info('a task has been worked on', { taskId, requester, status: outcome.result.status });
      const { status: ending, resultSha256 } = outcome.result;
      drive(execution, { type: 'finished', resultSha256, refused: ending === 'refused' });
    });
    execution.work = execution.work.finally(leave).catch((error: unknown) => {
      logger.error('working on a task failed', { taskId, requester, ...toErrorShape(error) });
    });
  };

  /** What was true at the offer may have changed; and nobody has to make an offer to be sent a start. */
  const refusalOf = (execution: Execution, start: TaskStart): string | undefined => {
    const entry = library.get(start.service.manifestSha256);
    const needs = options.worker.needsFor(start, entry);
    const will = willing(
      execution.requester,
      { service: start.service, needs, privacy: start.privacy },
      true,
    );
    return will.takes ? undefined : will.reason;
  };

  const tellResult = (execution: Execution, attempt: number): void => {
    const { outcome, requester } = execution;
    if (outcome) messenger.send(requester, 'task_result', { ...outcome.result, attempt });
  };

  const settle = (execution: Execution, reason: string): void => {
    const { taskId, requester } = execution;
    logger.debug('a task is settled', { taskId, requester, reason });
    execution.outcome = undefined;
    execution.work = execution.work
      .then(() => rm(execution.folder, { recursive: true, force: true }))
      .catch((error: unknown) => logger.error('a spool folder stays', { taskId, ...toErrorShape(error) }));
  };

  const onStart = (from: string, start: TaskStart): void => {
    const execution = remember(from, start.taskId);
    if (!execution) return;
    const known = execution.start;
    if (known && !sameWork(known, start)) {
      logger.warn('a task was started again with other inputs', { taskId: start.taskId, from });
      return;
    }
    execution.start = start;
    drive(execution, { type: 'start', attempt: start.attempt, deadlineAt: now() + start.deadlineMs });
  };

  const onAck = (execution: Execution, ack: ResultAck): void => {
    const { attempt, resultSha256, accepted } = ack;
    const receipt = execution.outcome?.result.receipt;
    drive(execution, { type: 'ack', attempt, resultSha256, accepted });
    const signature = ack.requesterSignature;
    if (execution.core.state !== 'done' || !accepted || !receipt || !signature) return;
    if (!options.identity.verify(execution.requester, receiptBytes(receipt.body), signature)) {
      logger.warn('a receipt has a wrong signature', { taskId: ack.taskId, from: execution.requester });
      return;
    }
    options.onReceipt({ ...receipt, requesterSignature: signature });
  };

  return {
    onMail({ from, message, broadcast }) {
      if (closed) return;
      switch (message.kind) {
        case 'task_request':
          return onRequest(from, message.body, !broadcast);
        case 'task_start':
          return onStart(from, message.body);
        case 'result_ack': {
          const execution = executions.get(keyOf(from, message.body.taskId));
          if (execution) onAck(execution, message.body);
          return;
        }
        case 'task_cancel': {
          // Remembered although nothing runs: its start may still be on the way.
          const execution = remember(from, message.body.taskId);
          if (execution) drive(execution, { type: 'cancel', ...message.body });
          return;
        }
      }
    },
    fileFor(peer, header) {
      if (header.kind !== 'task_outputs') return undefined;
      const execution = executions.get(keyOf(peer, header.taskId));
      return execution?.outcome?.files.find(({ name }) => name === header.name);
    },
    running: () =>
      [...executions.values()]
        .filter(({ core }) => core.state === 'working' || core.state === 'delivering')
        .map(({ taskId, requester, core, progress }) => ({
          taskId,
          requester,
          phase: core.state === 'delivering' ? 'delivering' : progress.phase,
        })),
    async close() {
      closed = true;
      for (const execution of executions.values()) {
        execution.alarm.stop();
        execution.abort.abort('the agent closes');
      }
      await Promise.all([...executions.values()].map(({ work }) => work));
      await rm(options.folder, { recursive: true, force: true });
      executions.clear();
    },
  };
}

const sameWork = (a: TaskStart, b: TaskStart): boolean =>
  a.service.manifestSha256 === b.service.manifestSha256 &&
  a.inputs.length === b.inputs.length &&
  a.inputs.every((file, at) => {
    const other = b.inputs[at];
    return file.name === other?.name && file.sha256 === other.sha256 && file.bytes === other.bytes;
  });
