// What a requester sends for its task: the request for offers, the start with its inputs, the acknowledgement.

import type { ServiceLibrary } from '#agent/services';
import type { Clock } from '#base';
import {
  MAX_INLINE_BYTES,
  type PrivacyClass,
  type Receipt,
  type ResultAck,
  type ServiceCard,
  type TaskResult,
} from '#schemas';
import { receiptBytes } from './core/digests.ts';
import type { RequesterEffect } from './core/requester-words.ts';
import type { Discovery } from './discovery.ts';
import type { Messenger } from './messenger.ts';
import type { TaskIdentity } from './port.ts';
import type { TaskFile } from './values.ts';
import { inlineFiles } from './wire-files.ts';

export const MAX_DEADLINE_MS = 86_400_000;

export interface RequestMessagesOptions {
  readonly messenger: Messenger;
  readonly discovery: Discovery;
  readonly library: ServiceLibrary;
  readonly identity: TaskIdentity;
  readonly clock: Clock;
  readonly onReceipt: (receipt: Receipt) => void;
}

/** What of a request goes into its messages. */
export interface SendableRequest {
  readonly taskId: string;
  readonly card: ServiceCard;
  readonly inputs: readonly TaskFile[];
  readonly privacy: PrivacyClass;
  /** Monotonic ms. */
  readonly deadlineAt: number;
  /** The one device that is asked. */
  readonly only: string | undefined;
  readonly receipt: TaskResult['receipt'];
}

export interface RequestMessages {
  ask(request: SendableRequest, round: number): void;
  /** Sends it when the inputs are read and it is still wanted; throws when one can't be read. */
  start(request: SendableRequest, to: string, attempt: number, isWanted: () => boolean): Promise<void>;
  acknowledge(request: SendableRequest, effect: Extract<RequesterEffect, { do: 'ack' }>): void;
}

export function createRequestMessages(options: RequestMessagesOptions): RequestMessages {
  const { messenger, discovery, clock } = options;
  const remaining = ({ deadlineAt }: SendableRequest): number =>
    Math.max(0, Math.min(MAX_DEADLINE_MS, Math.floor(deadlineAt - clock.monotonic())));

  return {
    ask(request, round) {
      const { card, only } = request;
      const body = {
        taskId: request.taskId,
        round,
        service: card.key,
        needs: card.needs,
        packedBytes: card.packedBytes,
        inputBytes: request.inputs.reduce((sum, { bytes }) => sum + bytes, 0),
        privacy: request.privacy,
        deadlineMs: remaining(request),
        reward: 0,
      };
      if (only !== undefined) messenger.send(only, 'task_request', body);
      else {
        messenger.broadcast('task_request', body);
        messenger.send(messenger.self, 'task_request', body);
      }
    },
    async start(request, to, attempt, isWanted) {
      const { taskId, card, privacy } = request;
      const { key: service } = card;
      const here = options.library.get(service.manifestSha256) ? [messenger.self] : [];
      const others = discovery.known(service.manifestSha256)?.sources.map(({ nodeId }) => nodeId) ?? [];
      const deadlineMs = remaining(request);
      const sources = [...here, ...others].slice(0, 8);
      const inputs = await inlineFiles(request.inputs, MAX_INLINE_BYTES);
      if (!isWanted()) return;
      const body = { taskId, attempt, service, sources, inputs, privacy, deadlineMs };
      messenger.send(to, 'task_start', body);
    },
    acknowledge(request, effect) {
      const { attempt, resultSha256, accepted } = effect;
      const { taskId, receipt } = request;
      let ack: ResultAck = { taskId, attempt, resultSha256, accepted };
      if (accepted && receipt?.body.resultSha256 === resultSha256) {
        const requesterSignature = options.identity.sign(receiptBytes(receipt.body));
        ack = { ...ack, requesterSignature };
        options.onReceipt({ ...receipt, requesterSignature });
      }
      messenger.send(effect.to, 'result_ack', ack);
    },
  };
}
