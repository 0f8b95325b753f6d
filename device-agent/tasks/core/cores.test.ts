// One requester and several executors in simulated time, over a network that loses, repeats, delays and reorders,
// with devices that die, stall, refuse and lie: the requester takes exactly one result, or says why there is none.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, type Random, seededRandom } from '#base';
import { defaultExecutorTimings, ExecutorCore, type ExecutorEvent } from './executor.ts';
import { RequesterCore } from './requester.ts';
import {
  defaultRequesterTimings,
  type RequesterEffect,
  type RequesterEvent,
  type RequesterState,
} from './requester-words.ts';

type Nature = 'good' | 'slow' | 'refuses' | 'lies' | 'dies' | 'stalls' | 'mute' | 'returns';

interface Weather {
  readonly seed: number;
  readonly loss: number;
  readonly repeat: number;
  readonly maxDelayMs: number;
  readonly natures: readonly Nature[];
  readonly deadlineMs: number;
}

const parts = { resources: 1, network: 1, load: 1, specialisation: 1, reliability: 1 };

/** The network and the devices: everything that happens is an action at a time. */
class World {
  readonly clock = new ManualClock();
  readonly random: Random;
  readonly weather: Weather;
  readonly requester: RequesterCore;
  readonly executors = new Map<string, ExecutorCore>();
  readonly natures = new Map<string, Nature>();
  readonly dead = new Set<string>();
  readonly states: RequesterState[] = [];
  readonly taken: string[] = [];
  readonly runs = new Map<string, number>();
  readonly settled = new Map<string, boolean>();
  /** Caught lying. */
  readonly exposed = new Set<string>();
  readonly trustedAgain: string[] = [];
  #queue: { at: number; act: () => void }[] = [];

  constructor(weather: Weather) {
    this.weather = weather;
    this.random = seededRandom(weather.seed);
    this.requester = new RequesterCore({
      self: 'me',
      selfPolicy: 'last-resort',
      deadlineAt: weather.deadlineMs,
      runLimitMs: 30_000,
      timings: defaultRequesterTimings,
    });
    for (const [at, nature] of weather.natures.entries()) this.natures.set(`d${at}`, nature);
  }

  at(delayMs: number, act: () => void): void {
    this.#queue.push({ at: this.clock.now() + delayMs, act });
  }

  /** Carries a message, or not, or twice, after a while. */
  carry(act: () => void): void {
    const copies =
      this.random.float() < this.weather.loss ? 0 : this.random.float() < this.weather.repeat ? 2 : 1;
    for (let i = 0; i < copies; i++) this.at(1 + this.random.float() * this.weather.maxDelayMs, act);
  }

  toRequester(event: RequesterEvent & { from?: string }): void {
    this.perform(this.requester.handle(event, this.clock.now()));
  }

  fromDevice(device: string, event: RequesterEvent): void {
    if (!this.dead.has(device)) this.carry(() => this.toRequester(event));
  }

  toDevice(device: string, event: ExecutorEvent): void {
    this.carry(() => {
      if (!this.dead.has(device)) this.drive(device, event);
    });
  }

  perform(effects: readonly RequesterEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'state') this.states.push(effect.state);
      else if (effect.do === 'ask') {
        for (const device of this.natures.keys()) {
          this.carry(() => {
            if (this.dead.has(device)) return;
            const score = { score: 0.5 + this.random.float() / 2, parts };
            this.fromDevice(device, { type: 'offer', from: device, score });
          });
        }
      } else if (effect.do === 'start') {
        if (this.exposed.has(effect.to)) this.trustedAgain.push(effect.to);
        this.toDevice(effect.to, {
          type: 'start',
          attempt: effect.attempt,
          deadlineAt: this.weather.deadlineMs,
        });
      } else if (effect.do === 'ack') {
        const { attempt, resultSha256, accepted } = effect;
        this.toDevice(effect.to, { type: 'ack', attempt, resultSha256, accepted });
      } else if (effect.do === 'stop') {
        this.toDevice(effect.to, { type: 'cancel', attempt: effect.attempt, reason: effect.reason });
      } else if (effect.do === 'fetch') this.fetch(effect.from, effect.resultSha256);
    }
  }

  fetch(from: string, resultSha256: string): void {
    this.at(this.random.float() * 400, () => {
      const lied = this.natures.get(from) === 'lies';
      const broken = this.dead.has(from) || this.random.float() < this.weather.loss / 3;
      if (!lied && !broken) return this.toRequester({ type: 'fetched', from, resultSha256 });
      if (lied && !broken) this.exposed.add(from);
      const reason = lied ? 'hash mismatch' : 'the transfer broke';
      this.toRequester({ type: 'fetch-failed', from, resultSha256, lied: lied && !broken, reason });
    });
  }

  drive(device: string, event: ExecutorEvent): void {
    let core = this.executors.get(device);
    if (!core) {
      core = new ExecutorCore(this.clock.now(), defaultExecutorTimings);
      this.executors.set(device, core);
    }
    const nature = this.natures.get(device);
    for (const effect of core.handle(event, this.clock.now())) {
      if (effect.do === 'work') this.work(device, nature);
      else if (effect.do === 'tell-progress' && nature !== 'mute') {
        const work = nature === 'stalls' ? 1 : this.clock.now();
        this.fromDevice(device, {
          type: 'progress',
          from: device,
          attempt: effect.attempt,
          phase: 'running',
          work,
        });
      } else if (effect.do === 'tell-result') {
        this.fromDevice(device, {
          type: 'result',
          from: device,
          attempt: effect.attempt,
          status: nature === 'refuses' ? 'refused' : 'completed',
          resultSha256: `result of ${device}`,
          honest: true,
        });
      } else if (effect.do === 'settle') this.settled.set(device, effect.accepted);
    }
  }

  work(device: string, nature: Nature | undefined): void {
    this.runs.set(device, (this.runs.get(device) ?? 0) + 1);
    if (nature === 'dies' || nature === 'returns') {
      this.at(this.random.float() * 1000, () => {
        this.dead.add(device);
        if (this.random.float() < 0.7)
          this.at(1500, () => this.toRequester({ type: 'gone', nodeId: device }));
        // It only lost its links: it comes back, finished, when another may long be at work.
        if (nature === 'returns') this.at(5000, () => this.dead.delete(device));
      });
    }
    if (nature === 'stalls' || nature === 'mute') return;
    const tookMs = nature === 'slow' ? 8000 : nature === 'refuses' ? 1 : 100 + this.random.float() * 2000;
    this.at(tookMs, () =>
      this.drive(device, {
        type: 'finished',
        resultSha256: `result of ${device}`,
        refused: nature === 'refuses',
      }),
    );
  }

  run(): void {
    this.perform(this.requester.start(this.clock.now()));
    for (let steps = 0; steps < 200_000; steps++) {
      const wakes: { at: number; act: () => void }[] = [...this.#queue];
      const wake = this.requester.wakeAt();
      if (wake !== undefined) wakes.push({ at: wake, act: () => this.toRequester({ type: 'wake' }) });
      for (const [device, core] of this.executors) {
        const at = core.wakeAt();
        if (at !== undefined) wakes.push({ at, act: () => this.drive(device, { type: 'wake' }) });
      }
      const [next] = wakes.sort((a, b) => a.at - b.at);
      if (!next) return;
      this.#queue = this.#queue.filter((item) => item !== next);
      this.clock.advance(Math.max(0, next.at - this.clock.now()));
      next.act();
    }
    throw new Error('the world does not come to rest');
  }
}

const finals = ['acknowledged', 'failed', 'cancelled', 'expired'];

function check(world: World): void {
  const ends = world.states.filter((state) => finals.includes(state));
  expect(ends).toHaveLength(1);
  expect(world.states.at(-1)).toBe(ends[0]);
  expect(world.requester.attempts).toBeLessThanOrEqual(defaultRequesterTimings.maxAttempts);
  const { accepted } = world.requester;
  expect(ends[0] === 'acknowledged').toBe(accepted !== undefined);
  if (accepted) expect(world.natures.get(accepted.from)).not.toBe('lies');
  expect(world.trustedAgain).toEqual([]);
  // Nobody works on for ever, and no device but the accepted one believes that it was accepted.
  for (const [device, core] of world.executors) {
    expect(['done', 'idle']).toContain(core.state);
    if (world.settled.get(device)) expect(accepted?.from).toBe(device);
  }
}

const weather = fc.record<Weather>({
  seed: fc.integer(),
  loss: fc.constantFrom(0, 0.1, 0.3),
  repeat: fc.constantFrom(0, 0.3),
  maxDelayMs: fc.constantFrom(1, 50, 400),
  natures: fc.array(
    fc.constantFrom<Nature>('good', 'good', 'slow', 'refuses', 'lies', 'dies', 'stalls', 'mute', 'returns'),
    { minLength: 0, maxLength: 6 },
  ),
  deadlineMs: fc.constantFrom(5_000, 60_000),
});

describe('one task under faults', () => {
  it('ends exactly once, with at most one accepted result', () => {
    fc.assert(
      fc.property(weather, (conditions) => {
        const world = new World(conditions);
        world.run();
        check(world);
      }),
      { numRuns: 400 },
    );
  });

  it('succeeds where nothing is lost and two devices are good', () => {
    fc.assert(
      fc.property(weather, (conditions) => {
        const natures: Nature[] = [...conditions.natures.slice(0, 2), 'good', 'good'];
        const world = new World({ ...conditions, loss: 0, deadlineMs: 120_000, natures });
        world.run();
        check(world);
        expect(world.requester.state).toBe('acknowledged');
      }),
      { numRuns: 200 },
    );
  });

  it('waits for the only device that could, and takes what it did meanwhile', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 50, 400), (seed, maxDelayMs) => {
        const natures: Nature[] = ['returns'];
        const world = new World({ seed, loss: 0, repeat: 0, maxDelayMs, natures, deadlineMs: 60_000 });
        world.run();
        check(world);
        expect(world.requester.state).toBe('acknowledged');
        expect(world.runs.get('d0')).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it('does each piece of work once per device that was not told to stop', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const world = new World({
          seed,
          loss: 0.3,
          repeat: 0.5,
          maxDelayMs: 400,
          natures: ['good'],
          deadlineMs: 60_000,
        });
        world.run();
        check(world);
        // Two attempts at one device are the most that a task makes.
        expect(world.runs.get('d0') ?? 0).toBeLessThanOrEqual(2);
      }),
      { numRuns: 100 },
    );
  });

  it('can be cancelled in every state, and then everyone stops', () => {
    fc.assert(
      fc.property(weather, fc.integer({ min: 0, max: 12_000 }), (conditions, when) => {
        const world = new World({ ...conditions, deadlineMs: 60_000 });
        world.at(when, () => world.toRequester({ type: 'cancel', reason: 'changed my mind' }));
        world.run();
        check(world);
        if (world.requester.state === 'cancelled') {
          expect(world.requester.problem).toEqual({ code: 'task.cancelled', message: 'changed my mind' });
        }
      }),
      { numRuns: 200 },
    );
  });
});
