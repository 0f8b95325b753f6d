// The vocabulary of the requester's core: its states, times, events and effects.

import type { OfferScore } from './scoring.ts';

export type RequesterState =
  | 'offering'
  | 'starting'
  | 'retrieving'
  | 'running'
  | 'delivering'
  | 'acknowledged'
  | 'failed'
  | 'cancelled'
  | 'expired';

export interface RequesterTimings {
  readonly offerTimeoutMs: number;
  /** Offers with at least this score end the wait. */
  readonly goodEnough: number;
  readonly rounds: number;
  readonly maxAttempts: number;
  /** task_start is resent so often, half as long again each time, until the device is heard. */
  readonly startResendMs: number;
  /** A chosen device that isn't heard for so long has failed. */
  readonly silenceMs: number;
  /** Heard, but its work does not grow. */
  readonly stallMs: number;
  /** Beyond the service's own time limit. */
  readonly runGraceMs: number;
}

export const defaultRequesterTimings: RequesterTimings = {
  offerTimeoutMs: 1000,
  goodEnough: 0.8,
  rounds: 3,
  maxAttempts: 5,
  startResendMs: 250,
  silenceMs: 3000,
  stallMs: 10_000,
  runGraceMs: 5000,
};

export interface Problem {
  readonly code: string;
  readonly message: string;
}

export type RequesterEvent =
  | { readonly type: 'offer'; readonly from: string; readonly score: OfferScore }
  | { readonly type: 'decline'; readonly from: string; readonly reason: string }
  | {
      readonly type: 'progress';
      readonly from: string;
      readonly attempt: number;
      readonly phase: 'starting' | 'retrieving' | 'running' | 'delivering';
      readonly work: number;
    }
  | {
      readonly type: 'result';
      readonly from: string;
      readonly attempt: number;
      readonly status: 'completed' | 'failed' | 'refused';
      readonly resultSha256: string;
      readonly problem?: Problem | undefined;
      /** False: the message contradicts itself or what was asked. */
      readonly honest: boolean;
    }
  /** The outputs of an announced result are here and are what was announced. */
  | { readonly type: 'fetched'; readonly from: string; readonly resultSha256: string }
  | {
      readonly type: 'fetch-failed';
      readonly from: string;
      readonly resultSha256: string;
      readonly lied: boolean;
      readonly reason: string;
    }
  | { readonly type: 'gone'; readonly nodeId: string }
  | { readonly type: 'cancel'; readonly reason: string }
  | { readonly type: 'wake' };

export type RequesterEffect =
  | { readonly do: 'ask'; readonly round: number }
  | { readonly do: 'start'; readonly to: string; readonly attempt: number }
  | { readonly do: 'fetch'; readonly from: string; readonly attempt: number; readonly resultSha256: string }
  | { readonly do: 'stop-fetch'; readonly from: string }
  | {
      readonly do: 'ack';
      readonly to: string;
      readonly attempt: number;
      readonly resultSha256: string;
      readonly accepted: boolean;
    }
  | { readonly do: 'stop'; readonly to: string; readonly attempt: number; readonly reason: string }
  | { readonly do: 'past'; readonly nodeId: string; readonly succeeded: boolean }
  | { readonly do: 'state'; readonly state: RequesterState; readonly note?: string };

export interface KnownOffer {
  readonly nodeId: string;
  readonly score: OfferScore;
  readonly at: number;
  readonly chosen: boolean;
}

export interface RequesterOptions {
  readonly self: string;
  /** Only this device. */
  readonly only?: string | undefined;
  /** `last-resort`: the requester runs its own task only when no other offers. */
  readonly selfPolicy: 'last-resort' | 'compete';
  /** Monotonic ms. */
  readonly deadlineAt: number;
  readonly runLimitMs: number;
  readonly timings: RequesterTimings;
}
