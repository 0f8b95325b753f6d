// Finding services and offering to run them: service_query, service_response, task_request, task_offer.

import { type Static, Type } from 'typebox';
import { HexHash } from '../common.ts';
import { OnionAddress, PackageId, Version } from '../manifest.ts';
import { deviceProfiles, privacyClasses, serviceTypes } from '../manifest-terms.ts';
import {
  Attempt,
  Count,
  closed,
  QueryId,
  RemainingMs,
  ServiceCard,
  ServiceNeeds,
  Share,
  TaskId,
  text,
  WireServiceKey,
  word,
} from './parts.ts';

/** Broadcast. Every field that stands there must match. */
export const ServiceQuery = Type.Object(
  {
    queryId: QueryId,
    manifestSha256: Type.Optional(HexHash),
    author: Type.Optional(OnionAddress),
    packageId: Type.Optional(PackageId),
    version: Type.Optional(Version),
    /** Part of the service's name, upper and lower case alike. */
    name: Type.Optional(text(128)),
    serviceType: Type.Optional(word(serviceTypes)),
    capability: Type.Optional(text(64)),
    /** npm-style range of versions. */
    versionRange: Type.Optional(text(64)),
  },
  closed,
);
export type ServiceQuery = Static<typeof ServiceQuery>;

export const ServiceResponse = Type.Object(
  { queryId: QueryId, services: Type.Array(ServiceCard, { minItems: 1, maxItems: 8 }) },
  closed,
);
export type ServiceResponse = Static<typeof ServiceResponse>;

/** Broadcast, or sent to the one device that is asked for. */
export const TaskRequest = Type.Object(
  {
    taskId: TaskId,
    round: Type.Integer({ minimum: 1, maximum: 100 }),
    service: WireServiceKey,
    needs: ServiceNeeds,
    packedBytes: Count,
    inputBytes: Count,
    privacy: word(privacyClasses),
    deadlineMs: RemainingMs,
    /** Nothing is paid yet: 0. */
    reward: Count,
  },
  closed,
);
export type TaskRequest = Static<typeof TaskRequest>;

export const thermalClasses = ['cool', 'warm', 'hot', 'throttling', 'critical'] as const;
export type ThermalClass = (typeof thermalClasses)[number];

const round = Type.Integer({ minimum: 1, maximum: 100 });

/** A device's own account of itself; the requester adds what it knows of the route and of earlier tasks. */
export const TaskOffer = Type.Union([
  Type.Object(
    {
      taskId: TaskId,
      round,
      accept: Type.Literal(true),
      hasService: Type.Boolean(),
      profile: word(deviceProfiles),
      freeMemoryMB: Count,
      cpuLoad: Share,
      runningTasks: Type.Integer({ minimum: 0, maximum: 1000 }),
      maxTasks: Type.Integer({ minimum: 1, maximum: 1000 }),
      battery: Share,
      charging: Type.Boolean(),
      thermal: word(thermalClasses),
    },
    closed,
  ),
  /** Only to a request that was sent to this device alone. */
  Type.Object({ taskId: TaskId, round, accept: Type.Literal(false), reason: text(300) }, closed),
]);
export type TaskOffer = Static<typeof TaskOffer>;
export type AcceptingOffer = Extract<TaskOffer, { accept: true }>;

export const TaskCancel = Type.Object(
  /** Attempts up to this one are cancelled; a later one may still come. */
  { taskId: TaskId, attempt: Attempt, reason: text(300) },
  closed,
);
export type TaskCancel = Static<typeof TaskCancel>;
