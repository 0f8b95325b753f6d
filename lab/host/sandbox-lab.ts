// The lab host's part of the sandbox lab: this machine and the phones as places that are asked, measured and compared.

import { randomUUID } from 'node:crypto';
import { AbhayaError, type Clock, isAbhayaError, type Logger } from '#base';
import type { SandboxLabPort } from '#lab/api';
import type { AgentClient } from '#lab/fleet';
import {
  type AttackPlace,
  type AttackStore,
  attackSuites,
  createAttackDesk,
  createSandboxRuns,
  createTryDesk,
  findAttackFiles,
  type MeasureHow,
  measureHere,
  offerHere,
  openLocalRuntime,
  readPolicy,
  runAttacks,
  type SandboxRunStore,
  type TryDeskOptions,
} from '#lab/sandbox-lab';
import type { Toolchain } from '#lab/toolchain';
import {
  isSandboxRuntime,
  LOCAL_PLACE,
  type PhoneView,
  type SandboxAttackView,
  type SandboxBenchAsk,
  type SandboxMeasured,
  type SandboxOffer,
  type SandboxPolicyView,
  type SandboxRunView,
  type SandboxTryView,
} from '#schemas';
import { openPhoneAttacks, type PhoneAttacksOptions } from './phone-attacks.ts';

export interface SandboxLabOptions {
  readonly toolchain: Toolchain;
  readonly store: SandboxRunStore;
  readonly attackStore: AttackStore;
  readonly phones: () => readonly PhoneView[];
  /** Throws `device.offline`, `not-found`. */
  readonly agentOn: (serial: string) => AgentClient;
  /** A phone whose agent runs. Throws `device.offline`, `not-found`. */
  readonly shellOf: (serial: string) => Pick<PhoneAttacksOptions, 'transport' | 'abi'>;
  readonly emit: (run: SandboxRunView) => void;
  readonly emitAttack: (attack: SandboxAttackView) => void;
  readonly emitTry: (view: SandboxTryView) => void;
  /** Files that clients sent. */
  readonly uploads: TryDeskOptions['uploads'];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface SandboxLab extends SandboxLabPort {
  close(): Promise<void>;
}

/** A phone with five runtimes and many rounds takes its time; it is cancelled long before. */
const PHONE_TIMEOUT_MS = 60 * 60_000;
const CANCEL_TIMEOUT_MS = 5_000;

export function createSandboxLab(options: SandboxLabOptions): SandboxLab {
  const here = { toolchain: options.toolchain, logger: options.logger };
  const runs = createSandboxRuns({
    ...options,
    measure: (place, ask, how) =>
      place === LOCAL_PLACE
        ? measureHere({ ...here, ask, ...how })
        : measurePhone(place, options.agentOn(place), ask, how),
  });
  const attacks = createAttackDesk({
    ...{ runtimes: attackSuites.map(({ runtime }) => runtime), clock: options.clock, logger: options.logger },
    ...{ emit: options.emitAttack, store: options.attackStore },
    open: async (place, { signal }) =>
      place === LOCAL_PLACE
        ? localAttacks(options.toolchain)
        : openPhoneAttacks({
            ...{ serial: place, dist: options.toolchain.dist, signal },
            ...options.shellOf(place),
          }),
  });
  const tries = createTryDesk({
    ...{ uploads: options.uploads, clock: options.clock, logger: options.logger, emit: options.emitTry },
    open: (runtime, how) => openLocalRuntime(options.toolchain, runtime, { logger: options.logger, ...how }),
  });
  /** Each would be in the other's figures. */
  function alone(): void {
    const busy = runs.running ? 'a measurement' : attacks.running ? 'an attack' : 'a program that is tried';
    if (runs.running || attacks.running || tries.running)
      throw new AbhayaError('conflict', `${busy} runs; cancel it or wait for its end`);
  }
  let offering: Promise<SandboxOffer> | undefined;

  /** Canaries take a second: what this machine offers does not change while the lab host runs. */
  async function ownOffer(): Promise<SandboxOffer> {
    offering ??= offerHere(here);
    const offer = await offering.catch((error: unknown) => {
      offering = undefined;
      throw error;
    });
    if (offer.unavailable !== undefined) offering = undefined; // something may be installed meanwhile
    return offer;
  }

  return {
    offers: async () => [await ownOffer(), ...options.phones().map(phoneOffer)],
    policy: (runtime) => policyOf(options.toolchain, runtime),
    runs: {
      ...runs,
      start(request) {
        alone();
        return runs.start(request);
      },
    },
    attacks: {
      ...attacks,
      // Spread, it would be what it was.
      get view() {
        return attacks.view;
      },
      start(request) {
        alone();
        return attacks.start(request);
      },
    },
    tries: {
      ...tries,
      get view() {
        return tries.view;
      },
      async start(request) {
        alone();
        return await tries.start(request);
      },
    },
    async close() {
      await runs.close();
      await attacks.close();
      await tries.close();
    },
  };
}

const localAttacks = (toolchain: Toolchain): AttackPlace => ({
  async attack(runtime, { names, ...how }) {
    const suite = attackSuites.find((it) => it.runtime === runtime);
    if (!suite) throw new AbhayaError('not-found', `there are no attacks for ${runtime}`);
    const only = names && { only: (name: string) => names.includes(name) };
    return runAttacks(suite, { files: findAttackFiles(toolchain), ...how, ...only });
  },
  close: async () => undefined,
});

async function policyOf(toolchain: Toolchain, runtime: string): Promise<SandboxPolicyView> {
  if (!isSandboxRuntime(runtime)) throw new AbhayaError('not-found', `there is no runtime ${runtime}`);
  const { filter, ...policy } = await readPolicy(toolchain, runtime);
  return { ...policy, instructions: filter.instructions };
}

function phoneOffer({ serial, state, sandbox }: PhoneView): SandboxOffer {
  const { runtimes = [], layers = [], lacks = {}, unavailable } = sandbox ?? {};
  return {
    ...{ place: serial, state, runtimes: [...runtimes], layers: [...layers], lacks: { ...lacks } },
    ...(unavailable === undefined ? {} : { unavailable }),
  };
}

/** Asks the phone's agent to measure its own sandbox. */
async function measurePhone(
  serial: string,
  agent: AgentClient,
  ask: SandboxBenchAsk,
  how: MeasureHow,
): Promise<SandboxMeasured> {
  const benchId = randomUUID();
  const off = agent.on('sandbox.bench', ({ benchId: of, ...progress }) => {
    if (of === benchId) how.onProgress(progress);
  });
  try {
    return await agent.call(
      'sandbox.bench',
      { benchId, ...ask },
      { timeoutMs: PHONE_TIMEOUT_MS, signal: how.signal },
    );
  } catch (error) {
    // Whatever made us stop waiting: the phone must not go on.
    await agent
      .call('sandbox.bench.cancel', { benchId }, { timeoutMs: CANCEL_TIMEOUT_MS })
      .catch(() => undefined);
    if (!how.signal.aborted && isAbhayaError(error, 'closed'))
      throw new AbhayaError(
        'device.lost',
        `${serial} went away, or its agent ended, while it was measured; measure anew when it runs again`,
        { cause: error },
      );
    throw error;
  } finally {
    off();
  }
}
