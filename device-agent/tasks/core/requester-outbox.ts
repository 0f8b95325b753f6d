// What one event makes a requester do, in order: gathered while it is handled, given out after.

import type { RequesterEffect, RequesterState } from './requester-words.ts';

export interface ResultAbout {
  readonly from: string;
  readonly attempt: number;
  readonly resultSha256: string;
}

export class Outbox {
  readonly effects: RequesterEffect[] = [];

  ask(round: number): void {
    this.effects.push({ do: 'ask', round });
  }

  start(to: string, attempt: number): void {
    this.effects.push({ do: 'start', to, attempt });
  }

  stop(to: string, attempt: number, reason: string): void {
    this.effects.push({ do: 'stop', to, attempt, reason });
  }

  fetch({ from, attempt, resultSha256 }: ResultAbout): void {
    this.effects.push({ do: 'fetch', from, attempt, resultSha256 });
  }

  stopFetch(from: string): void {
    this.effects.push({ do: 'stop-fetch', from });
  }

  ack({ from: to, attempt, resultSha256 }: ResultAbout, accepted: boolean): void {
    this.effects.push({ do: 'ack', to, attempt, resultSha256, accepted });
  }

  /** How a device did, for its next offers. */
  past(nodeId: string, succeeded: boolean): void {
    this.effects.push({ do: 'past', nodeId, succeeded });
  }

  state(state: RequesterState, note?: string): void {
    this.effects.push({ do: 'state', state, ...(note === undefined ? {} : { note }) });
  }
}
