// The life of one phone from the lab host's side: seen by adb, brought up to date, agent attached, lost, seen again.
// Owns the transport and the agent connection of the moment; the agent itself outlives it.

import {
  AbhayaError,
  type Clock,
  type Logger,
  type Random,
  sleep,
  throwIfAborted,
  toErrorShape,
} from '#base';
import type { AdbState, AdbTransport, DeviceTransport } from '#lab/adb';
import type { PhoneKind, PhoneState, PhoneView, Profile, RuntimesOrder } from '#schemas';
import type { AgentClient } from './agent-client.ts';
import { attachOrStart, lookAt } from './attach-or-start.ts';
import { deploy, optionalBytesOf } from './deploy.ts';
import { fillRuntimes, type RuntimesFiller } from './fill-runtimes.ts';
import { fitPayload } from './fit-payload.ts';
import type { Payload } from './payload.ts';
import { powerFacts, stateOf, withoutAgent, withRuntimes } from './phone-facts.ts';
import type { PhoneStatus } from './phone-status.ts';

export interface PhoneSessionOptions {
  readonly adbSerial: string;
  readonly kind: PhoneKind;
  /** Known beforehand for virtual phones; a real one tells it. */
  readonly serial?: string;
  readonly profile?: Profile;
  readonly open: (signal: AbortSignal) => Promise<AdbTransport>;
  readonly payloadFor: (abi: string) => Promise<Payload>;
  /** Runs the work when it is this phone's turn: attaching many phones at once would only make all of them late. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Runtimes whose canaries needn't run again, with this bundle. */
  readonly provenWith?: (bundleHash: string) => readonly string[];
  /** The same for what is pushed while the agent runs. */
  readonly pushTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether the agent is pushed to this phone without being asked. */
  readonly autoDeploy: boolean;
  /** Whether a phone that gets no agent by itself was attached before, so that it is attached again. */
  readonly wasAttached?: (status: PhoneStatus) => boolean;
  readonly onChange: (session: PhoneSession) => void;
  readonly onAttached: (session: PhoneSession, client: AgentClient) => Promise<void> | void;
  readonly onDetached: (session: PhoneSession) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface PhoneSession {
  readonly serial: string;
  readonly state: PhoneState;
  /** All of it at once, put together anew at each reading. */
  readonly view: PhoneView;
  /** The attached agent, while there is one. */
  readonly agent: AgentClient | undefined;
  readonly transport: AdbTransport | undefined;
  adbChanged(state: AdbState): void;
  /** A word of the virtual phone's own process, such as that it is unplugged or has died. */
  setOutside(
    state: 'starting' | 'unplugged' | 'failed' | undefined,
    problem?: { code: string; message: string },
  ): void;
  /** What probes found since. */
  updateFacts(facts: Pick<PhoneView, 'batteryPercent' | 'charging' | 'thermal'>): void;
  /** Pushes the agent to a phone that gets none by itself. */
  deploy(): void;
  /**
   * Lets go of the agent, does the work with a transport of its own, and leaves the phone without an agent until
   * `deploy`. Throws `device.offline` when adb doesn't have the phone.
   */
  withdraw(work: (transport: DeviceTransport, signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Which runtimes the phone offers; what it lacks is brought. Throws `device.offline` without an agent. */
  orderRuntimes(order: RuntimesOrder): Promise<void>;
  /** Drops the connection to the agent; it is attached again, or started anew when it is gone. */
  reattach(): void;
  close(): Promise<void>;
}

const ABSENCE_MS = 400;
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5_000;

export function createPhoneSession(options: PhoneSessionOptions): PhoneSession {
  const { clock, logger } = options;
  const stop = new AbortController();
  let adb: AdbState = 'absent';
  /** What the user is shown: a phone that drops out for a moment doesn't flicker. */
  let shownAdb: AdbState = 'absent';
  let absence: ReturnType<typeof setTimeout> | undefined;
  let mayDeploy = options.autoDeploy;
  /** It has just come, and may be one that was attached before. */
  let unseen = options.wasAttached !== undefined;
  let outside: 'starting' | 'unplugged' | 'failed' | undefined;
  let phase: 'none' | 'deploying' | 'running' = 'none';
  let facts: Partial<PhoneView> = {};
  let problem: PhoneView['problem'];
  let agent: AgentClient | undefined;
  let transport: AdbTransport | undefined;
  let filler: RuntimesFiller | undefined;
  let wake: () => void = () => undefined;
  let attempt = new AbortController();
  /** The attempt that is under way; resolves when everything of it is released. */
  let current: Promise<void> = Promise.resolve();
  /** While the agent is being taken away, none is brought. */
  let withdrawing = 0;

  const session: PhoneSession = {
    get serial() {
      return options.serial ?? facts.serial ?? options.adbSerial;
    },
    get state() {
      return stateOf(shownAdb, outside, phase);
    },
    get view() {
      const view: PhoneView = {
        serial: options.serial ?? options.adbSerial,
        adbSerial: options.adbSerial,
        kind: options.kind,
        ...(options.profile ? { profile: options.profile } : {}),
        ...facts,
        state: stateOf(shownAdb, outside, phase),
      };
      if (problem && view.state !== 'running') view.problem = problem;
      return view;
    },
    get agent() {
      return agent;
    },
    get transport() {
      return transport;
    },
    adbChanged(state) {
      if (state === adb) return;
      adb = state;
      if (state !== 'device') {
        attempt.abort();
        unseen = options.wasAttached !== undefined;
      }
      clearTimeout(absence);
      if (state === 'absent') absence = setTimeout(() => show(state), ABSENCE_MS);
      else show(state);
      wake();
    },
    deploy() {
      mayDeploy = true;
      wake();
    },
    setOutside(state, why) {
      outside = state;
      problem = why;
      changed();
      wake();
    },
    updateFacts(next) {
      const before = JSON.stringify(facts);
      facts = { ...facts, ...next };
      if (JSON.stringify(facts) !== before) changed();
    },
    async withdraw(work) {
      if (adb !== 'device')
        throw new AbhayaError('device.offline', `${session.serial} is not reachable (${session.state})`);
      mayDeploy = false;
      withdrawing += 1;
      try {
        attempt.abort();
        await current;
        const opened = await options.open(stop.signal);
        try {
          await work(opened, stop.signal);
        } finally {
          await opened.close().catch(() => undefined);
        }
        facts = withoutAgent(facts);
        problem = undefined;
      } finally {
        withdrawing -= 1;
        changed();
        wake();
      }
    },
    async orderRuntimes(order) {
      if (!filler)
        throw new AbhayaError(
          'device.offline',
          `no agent is attached on ${session.serial} (${session.state})`,
        );
      await filler.order(order);
    },
    reattach: () => attempt.abort(),
    async close() {
      stop.abort();
      attempt.abort();
      clearTimeout(absence);
      wake();
      await done;
    },
  };

  const changed = () => options.onChange(session);
  const show = (state: AdbState) => {
    shownAdb = state;
    changed();
  };

  async function keepAttached(): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (!stop.signal.aborted) {
      if (adb !== 'device' || !(mayDeploy || unseen) || withdrawing > 0) {
        await untilWoken();
        continue;
      }
      attempt = new AbortController();
      const trying = tryOnce(AbortSignal.any([stop.signal, attempt.signal]));
      current = trying.then(() => undefined);
      if (await trying) backOffMs = FIRST_BACK_OFF_MS;
      if (adb === 'device' && (mayDeploy || unseen))
        await untilWoken(backOffMs * (0.5 + options.random.float()));
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
  }

  /** False when the phone could not be attached; throws nothing. */
  async function tryOnce(signal: AbortSignal): Promise<boolean> {
    try {
      if (!mayDeploy && !(await recognise(signal))) return true;
      await attachOnce(signal);
      return true;
    } catch (error) {
      if (stop.signal.aborted || withdrawing > 0) return false;
      const { code, message } = toErrorShape(error);
      problem = { code, message };
      logger.warn('a phone could not be attached', { serial: session.serial, error });
      return false;
    } finally {
      await release();
    }
  }

  /** Only looks: a phone that was never attached on purpose gets nothing pushed. */
  async function recognise(signal: AbortSignal): Promise<boolean> {
    const status = await options.turn(async () => {
      transport = await options.open(signal);
      return lookAt(transport, signal);
    });
    unseen = false;
    await transport?.close().catch(() => undefined);
    const known = options.wasAttached?.(status) ?? false;
    logger.info('a phone was looked at', { serial: status.serial, known });
    if (known && withdrawing === 0) mayDeploy = true;
    return mayDeploy;
  }

  /** Attaches and stays until the agent, the phone or we go away. */
  async function attachOnce(signal: AbortSignal): Promise<void> {
    const { opened, client } = await options.turn(() => bringUp(signal));
    // A phone that stays `device` but does not answer (FACTS, adb) is found by the agent's heartbeats: they go its way.
    const reason = await Promise.race([client.disconnected, opened.disconnected, aborted(signal)]);
    logger.info('a phone is detached', { serial: session.serial, reason });
  }

  /** From a phone that adb lists to one whose agent runs. */
  async function bringUp(signal: AbortSignal): Promise<{ opened: AdbTransport; client: AgentClient }> {
    throwIfAborted(signal);
    const startedAt = clock.monotonic();
    const opened = await options.open(signal);
    transport = opened;
    const status = await lookAt(opened, signal);
    takeFacts(status);
    const payload = fitPayload(await options.payloadFor(status.abi), status);
    phase = 'deploying';
    changed();
    const { pushedBytes } = await deploy(opened, status, payload, { signal });
    const client = await attachOrStart(opened, status, payload, {
      ...{ logger, signal, ...(options.provenWith ? { provenWith: options.provenWith } : {}) },
    });
    agent = client;
    session.updateFacts(powerFacts(client.hello.device));
    client.on('device.changed', (state) => session.updateFacts(powerFacts(state)));
    client.on('sandbox.changed', (sandbox) => {
      facts = { ...facts, sandbox };
      changed();
    });
    facts = {
      ...facts,
      nodeId: client.hello.nodeId,
      profile: client.hello.profile,
      agent: { bundleHash: client.hello.bundleHash, protocol: client.hello.protocol },
      sandbox: client.hello.sandbox,
      optionalBytes: optionalBytesOf(payload),
    };
    await options.onAttached(session, client);
    problem = undefined;
    const lastAttach = { pushedBytes, tookMs: Math.round(clock.monotonic() - startedAt) };
    facts = { ...facts, lastAttach };
    logger.info('a phone is attached', { serial: session.serial, ...lastAttach });
    phase = 'running';
    changed();
    filler = fillRuntimes({
      ...{ transport: opened, client, payload, sandbox: client.hello.sandbox, folders: status.folders },
      ...{ turn: options.pushTurn, signal, logger },
      onChange: (sandbox, pushing) => {
        facts = withRuntimes(facts, pushing, sandbox);
        changed();
      },
    });
    return { opened, client };
  }

  function takeFacts(status: PhoneStatus): void {
    facts = {
      ...facts,
      serial: options.serial ?? status.serial,
      abi: status.abi,
      model: status.model,
      android: status.android,
      ...(status.apiLevel ? { apiLevel: status.apiLevel } : {}),
    };
  }

  async function release(): Promise<void> {
    const [client, opened] = [agent, transport];
    agent = undefined;
    transport = undefined;
    filler = undefined;
    facts = withRuntimes(facts, undefined);
    phase = 'none';
    attempt.abort();
    if (client) options.onDetached(session);
    client?.close();
    await opened?.close().catch(() => undefined);
    if (!stop.signal.aborted) changed();
  }

  async function untilWoken(ms = 60_000): Promise<void> {
    const over = new AbortController();
    wake = () => over.abort();
    await sleep(ms, { signal: AbortSignal.any([stop.signal, over.signal]) }).catch(() => undefined);
  }

  const done = keepAttached();
  return session;
}

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
