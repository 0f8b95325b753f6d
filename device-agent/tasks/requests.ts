// Tasks that this device asks for: resolves the service, prepares the inputs, drives the requester's core, fetches
// outputs and keeps the view that API, CLI and app show. Owns its part of the spool.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mesh } from '#agent/mesh';
import type { SchemaJudge, ServiceLibrary } from '#agent/services';
import {
  AbhayaError,
  type Clock,
  Emitter,
  type ErrorCode,
  isErrorCode,
  type Logger,
  type Random,
} from '#base';
import type {
  AcceptingOffer,
  AgentTaskView,
  Receipt,
  StreamHeader,
  TaskOffer,
  TaskProgress,
  TaskResult,
} from '#schemas';
import { Alarm } from './alarm.ts';
import { strictest } from './core/cards.ts';
import { RequesterCore } from './core/requester.ts';
import type { RequesterEffect, RequesterEvent, RequesterTimings } from './core/requester-words.ts';
import { scoreOffer } from './core/scoring.ts';
import type { Discovery } from './discovery.ts';
import type { Messenger, TaskMail } from './messenger.ts';
import type { SubmitOptions, TaskIdentity, TaskOutput } from './port.ts';
import { createRequestMessages, MAX_DEADLINE_MS, type SendableRequest } from './request-messages.ts';
import { createResultDesk, type ResultDesk } from './result-desk.ts';
import { TaskRecord } from './task-record.ts';
import type { FileGuard, ServableFile } from './transfer.ts';
import { judgeFiles, prepareInputs } from './values.ts';

export interface RequestsOptions {
  readonly mesh: Mesh;
  readonly messenger: Messenger;
  readonly discovery: Discovery;
  readonly library: ServiceLibrary;
  readonly judge: SchemaJudge;
  readonly identity: TaskIdentity;
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timings: RequesterTimings;
  readonly selfPolicy: 'last-resort' | 'compete';
  /** Ended tasks that are kept with their outputs. */
  readonly maxKept: number;
  readonly idleMs: number;
  readonly ownFiles: FileGuard;
  readonly onReceipt: (receipt: Receipt) => void;
}

interface Request extends SendableRequest {
  readonly record: TaskRecord;
  readonly core: RequesterCore;
  readonly alarm: Alarm;
  readonly folder: string;
  fetch: AbortController | undefined;
  fetching: Promise<void>;
  outputs: readonly TaskOutput[];
  receipt: TaskResult['receipt'];
}

export interface Requests {
  submit(options: SubmitOptions): Promise<string>;
  cancel(taskId: string, reason: string): void;
  view(taskId: string): AgentTaskView;
  list(): AgentTaskView[];
  result(taskId: string): readonly TaskOutput[];
  readonly changes: Emitter<AgentTaskView>;
  onMail(mail: TaskMail): void;
  onGone(nodeId: string): void;
  /** An input that the chosen device may have. */
  fileFor(peer: string, header: StreamHeader): ServableFile | undefined;
  close(): Promise<void>;
}

const DEFAULT_DEADLINE_MS = 120_000;

export function createRequests(options: RequestsOptions): Requests {
  const { messenger, discovery, clock, logger } = options;
  const requests = new Map<string, Request>();
  const past = new Map<string, { succeeded: number; failed: number }>();
  const changes = new Emitter<AgentTaskView>((error) =>
    logger.error('a listener of task changes failed', { error: String(error) }),
  );
  const desk: ResultDesk = createResultDesk(options);
  const messages = createRequestMessages(options);
  const now = () => clock.monotonic();
  let closed = false;

  const changed = (request: Request): void => changes.emit(viewOf(request));
  const viewOf = ({ record, core, outputs }: Request): AgentTaskView =>
    record.view(core, outputs, (nodeId) => messenger.route(nodeId)?.hops);

  const drive = (request: Request, event: RequesterEvent): void => {
    if (closed) return;
    perform(request, request.core.handle(event, now()));
  };

  const perform = (request: Request, effects: readonly RequesterEffect[]): void => {
    for (const effect of effects) act(request, effect);
    request.alarm.set(request.core.wakeAt());
    if (effects.some((effect) => effect.do === 'state')) changed(request);
  };

  const act = (request: Request, effect: RequesterEffect): void => {
    const { taskId } = request;
    switch (effect.do) {
      case 'ask':
        messages.ask(request, effect.round);
        break;
      case 'start':
        start(request, effect.to, effect.attempt);
        break;
      case 'fetch':
        fetch(request, effect);
        break;
      case 'stop-fetch':
        request.fetch?.abort('no longer wanted');
        break;
      case 'ack':
        messages.acknowledge(request, effect);
        break;
      case 'stop': {
        const { attempt, reason } = effect;
        messenger.send(effect.to, 'task_cancel', { taskId, attempt, reason: reason.slice(0, 300) });
        break;
      }
      case 'past': {
        const known = past.get(effect.nodeId) ?? { succeeded: 0, failed: 0 };
        known[effect.succeeded ? 'succeeded' : 'failed'] += 1;
        past.set(effect.nodeId, known);
        break;
      }
      case 'state':
        request.record.enter(effect.state, effect.note, request.core.device);
        logger.info('a task changed its state', { taskId, state: effect.state, note: effect.note });
        if (request.core.final) forgetOld();
        break;
    }
  };

  const start = (request: Request, to: string, attempt: number): void => {
    const isWanted = () => !closed && request.core.isGiven(to, attempt);
    messages
      .start(request, to, attempt, isWanted)
      .catch((error: unknown) =>
        drive(request, { type: 'cancel', reason: `an input can't be read: ${String(error)}` }),
      );
    changed(request);
  };

  const fetch = (request: Request, effect: Extract<RequesterEffect, { do: 'fetch' }>): void => {
    const { from, attempt, resultSha256 } = effect;
    const abort = new AbortController();
    request.fetch = abort;
    request.fetching = request.fetching.then(async () => {
      const taken = await desk.take(request, from, attempt, resultSha256, abort.signal);
      if (abort.signal.aborted) return;
      if (!taken.ok) {
        drive(request, { type: 'fetch-failed', from, resultSha256, lied: taken.lied, reason: taken.reason });
        return;
      }
      request.outputs = taken.outputs;
      request.receipt = taken.result.receipt;
      request.record.report = taken.result.report;
      request.record.hops = taken.hops;
      drive(request, { type: 'fetched', from, resultSha256 });
    });
  };

  const onOffer = (request: Request, from: string, offer: TaskOffer): void => {
    if (!offer.accept) {
      drive(request, { type: 'decline', from, reason: offer.reason });
      return;
    }
    const score = scoreFor(request, from, offer);
    if (!score) return;
    drive(request, { type: 'offer', from, score });
    changed(request);
  };

  const scoreFor = (request: Request, from: string, offer: AcceptingOffer) => {
    const route = messenger.route(from);
    if (!route) return undefined; // it left while its offer came
    return scoreOffer(offer, request.card.needs, route, past.get(from) ?? { succeeded: 0, failed: 0 });
  };

  const onProgress = (request: Request, from: string, progress: TaskProgress): void => {
    const { attempt, phase, work } = progress;
    drive(request, { type: 'progress', from, attempt, phase, work });
    if (request.core.final || request.core.device !== from || request.core.attempts !== attempt) return;
    request.record.note(progress);
    changed(request);
  };

  const onResult = (request: Request, from: string, result: TaskResult, hops: number): void => {
    const { attempt, status, resultSha256, problem } = result;
    const honest = desk.announce(request, from, result, hops);
    if (status === 'failed' && honest && request.core.isGiven(from, attempt)) {
      request.record.report = result.report;
      request.record.hops = hops;
      request.receipt = result.receipt;
    }
    drive(request, { type: 'result', from, attempt, status, resultSha256, problem, honest });
  };

  /** A task whose requester is gone from memory: its executor need not go on. */
  const onUnknown = ({ from, message }: TaskMail): void => {
    if (message.kind !== 'task_result') return;
    const { taskId, attempt, resultSha256 } = message.body;
    messenger.send(from, 'result_ack', { taskId, attempt, resultSha256, accepted: false });
  };

  const forgetOld = (): void => {
    const ended = [...requests.values()].filter(({ core }) => core.final);
    for (const old of ended.slice(0, Math.max(0, ended.length - options.maxKept))) {
      requests.delete(old.taskId);
      void old.fetching.then(() => rm(old.folder, { recursive: true, force: true }));
    }
  };

  const find = (taskId: string): Request => {
    const request = requests.get(taskId);
    if (!request) throw new AbhayaError('not-found', `there is no task ${taskId}`);
    return request;
  };

  return {
    changes,
    async submit(submit) {
      if (closed) throw new AbhayaError('closed', 'the task engine is closed');
      const beganAt = now();
      const deadlineMs = submit.deadlineMs ?? DEFAULT_DEADLINE_MS;
      if (!(deadlineMs > 0 && deadlineMs <= MAX_DEADLINE_MS))
        throw new AbhayaError('input.invalid', `a deadline is 1 to ${MAX_DEADLINE_MS} ms`);
      const card = await discovery.resolve(submit);
      const taskId = Buffer.from(options.random.bytes(16)).toString('hex');
      const folder = join(options.folder, taskId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const inputs = await prepareInputs(card.inputs, submit.inputs, folder);
        const entry = options.library.get(card.key.manifestSha256);
        if (entry) await judgeFiles(entry.manifest.inputs, inputs, options.judge, 'task.input-invalid');
        if (closed) throw new AbhayaError('closed', 'the task engine is closed');
        const only = submit.constraints?.on;
        const deadlineAt = beganAt + deadlineMs;
        const request: Request = {
          taskId,
          record: new TaskRecord(taskId, card, clock, beganAt),
          core: new RequesterCore({
            self: messenger.self,
            only,
            selfPolicy: options.selfPolicy,
            deadlineAt,
            runLimitMs: card.needs.timeoutMs,
            timings: {
              ...options.timings,
              offerTimeoutMs: submit.offerTimeoutMs ?? options.timings.offerTimeoutMs,
            },
          }),
          alarm: new Alarm(clock, () => drive(request, { type: 'wake' })),
          card,
          inputs,
          folder,
          privacy: strictest(submit.privacy ?? 'public', card.privacyClass),
          deadlineAt,
          only,
          fetch: undefined,
          fetching: Promise.resolve(),
          outputs: [],
          receipt: undefined,
        };
        requests.set(taskId, request);
        changed(request);
        perform(request, request.core.start(now()));
        return taskId;
      } catch (error) {
        requests.delete(taskId);
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
    cancel: (taskId, reason) => drive(find(taskId), { type: 'cancel', reason: reason.slice(0, 300) }),
    view: (taskId) => viewOf(find(taskId)),
    list: () => [...requests.values()].map(viewOf),
    result(taskId) {
      const { core, outputs } = find(taskId);
      if (core.state === 'acknowledged') return outputs;
      const { problem } = core;
      if (problem) throw new AbhayaError(codeOf(problem.code), problem.message);
      throw new AbhayaError('conflict', `the task is ${core.state}`);
    },
    onMail(mail) {
      const { message, from } = mail;
      if (!('taskId' in message.body)) return;
      const request = requests.get(message.body.taskId);
      if (!request) {
        onUnknown(mail);
        return;
      }
      if (message.kind === 'task_offer') onOffer(request, from, message.body);
      else if (message.kind === 'task_progress') onProgress(request, from, message.body);
      else if (message.kind === 'task_result') onResult(request, from, message.body, mail.hops);
    },
    onGone(nodeId) {
      for (const request of requests.values())
        if (!request.core.final) drive(request, { type: 'gone', nodeId });
    },
    fileFor(peer, header) {
      if (header.kind !== 'task_inputs') return undefined;
      const request = requests.get(header.taskId);
      if (!request?.core.isGiven(peer, header.attempt)) return undefined;
      return request.inputs.find(({ name }) => name === header.name);
    },
    async close() {
      for (const request of requests.values()) drive(request, { type: 'cancel', reason: 'the agent closes' });
      closed = true;
      for (const request of requests.values()) {
        request.alarm.stop();
        request.fetch?.abort('the agent closes');
      }
      await Promise.all([...requests.values()].map(({ fetching }) => fetching));
      await rm(options.folder, { recursive: true, force: true });
    },
  };
}

/** A code that another device named; one that we don't know is a failure like any. */
const codeOf = (code: string): ErrorCode => (isErrorCode(code) ? code : 'task.failed');
