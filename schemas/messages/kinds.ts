// The table of message kinds of the task life (spec 02): schema, exact size limit of the CBOR body, and the door.

import type { Static, TSchema } from 'typebox';
import { AbhayaError } from '#base';
import { encodeCbor } from '../cbor.ts';
import { type Parser, parserOf } from '../validator.ts';
import { ServiceQuery, ServiceResponse, TaskCancel, TaskOffer, TaskRequest } from './discovery.ts';
import { Receipt, ResultAck, TaskProgress, TaskResult, TaskStart } from './execution.ts';
import { RetrieveService, ServiceBundle, StreamHeader, TaskFileHead } from './streams.ts';

const kind = <S extends TSchema>(schema: S, maxBytes: number) => ({ schema, maxBytes });

export const messageKinds = {
  service_query: kind(ServiceQuery, 1_024),
  service_response: kind(ServiceResponse, 40_960),
  task_request: kind(TaskRequest, 4_096),
  task_offer: kind(TaskOffer, 1_024),
  task_start: kind(TaskStart, 45_056),
  task_progress: kind(TaskProgress, 1_024),
  task_result: kind(TaskResult, 47_104),
  result_ack: kind(ResultAck, 1_024),
  task_cancel: kind(TaskCancel, 1_024),
  receipt: kind(Receipt, 2_048),
} as const;

export type MessageKindName = keyof typeof messageKinds;
export type MessageBody<K extends MessageKindName> = Static<(typeof messageKinds)[K]['schema']>;
export type TaskMessage = { [K in MessageKindName]: { kind: K; body: MessageBody<K> } }[MessageKindName];

/** Headers and heads of streams, for the golden samples and the published list. */
export const streamKinds = {
  task_stream: kind(StreamHeader, 1_024),
  retrieve_service: kind(RetrieveService, 512),
  service_bundle: kind(ServiceBundle, 512),
  task_file: kind(TaskFileHead, 512),
} as const;

export interface MessageDoor {
  /** The typed message; undefined for a kind of another room. Throws `wire.malformed`, `wire.too-large`. */
  read(kind: string, body: unknown): TaskMessage | undefined;
}

/** The door for bodies that came decoded from the mesh. */
export function createMessageDoor(): MessageDoor {
  const parsers = new Map<string, Parser<unknown>>();
  for (const [name, { schema }] of Object.entries(messageKinds)) parsers.set(name, parserOf(schema, name));
  return {
    read(name, body) {
      const parse = parsers.get(name);
      if (!parse) return undefined;
      const parsed = parse(body);
      assertSize(name as MessageKindName, parsed);
      return { kind: name, body: parsed } as TaskMessage;
    },
  };
}

/** Throws `wire.too-large` for a body above its kind's limit. */
export function assertSize(name: MessageKindName, body: unknown): void {
  const { maxBytes } = messageKinds[name];
  const { length } = encodeCbor(body);
  if (length > maxBytes)
    throw new AbhayaError('wire.too-large', `${name} has ${length} bytes; at most ${maxBytes} are allowed`);
}
