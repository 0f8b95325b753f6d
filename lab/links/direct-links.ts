// All direct links: the phones carry them over their own network; the lab host tells each agent what to have, and
// keeps what the agents tell. A pulled cable changes only what is known, never the links.

import { type Logger, type Random, sleep, toErrorShape } from '#base';
import type { DirectLinksReport, LinkView } from '#schemas';
import {
  type DirectPair,
  directView,
  type EndFacts,
  orderFor,
  reportOn,
  rolesOf,
} from './core/direct-plan.ts';
import { Tally } from './core/tally.ts';
import type { LinkEnd } from './link-end.ts';

export interface DirectLinksOptions {
  readonly endOf: (serial: string) => LinkEnd | undefined;
  readonly onChange: (view: LinkView) => void;
  readonly random: Random;
  readonly logger: Logger;
}

export interface DirectLinks {
  add(linkId: string, a: string, b: string): void;
  /** Resolves when both agents were asked, as far as they are attached. */
  remove(linkId: string): Promise<void>;
  view(linkId: string): LinkView;
  /** An agent came: it gets its order, which also ends what an earlier lab host left. */
  attached(serial: string): Promise<void>;
  detached(serial: string): void;
  told(serial: string, report: DirectLinksReport): void;
  /** The phone won't come back. */
  forget(serial: string): void;
  close(): Promise<void>;
}

/** The talk with one agent while there is something to tell it. */
interface Asking {
  /** Who waits for the next try. */
  waiting: (() => void)[];
  /** Ends a back-off early. */
  hurry: () => void;
  done: Promise<void>;
}

const FIRST_BACK_OFF_MS = 200;
const MAX_BACK_OFF_MS = 5_000;

export function createDirectLinks(options: DirectLinksOptions): DirectLinks {
  const { logger } = options;
  const pairs = new Map<string, DirectPair>();
  const facts = new Map<string, EndFacts>();
  /** What clients were last told, without the counters. */
  const shown = new Map<string, string>();
  const asking = new Map<string, Asking>();
  const stop = new AbortController();

  const pairsOf = (serial: string): DirectPair[] =>
    [...pairs.values()].filter(({ a, b }) => a === serial || b === serial);

  function show(some: Iterable<DirectPair>): void {
    for (const pair of some) {
      const view = directView(pair, facts);
      const { bytesAtoB: _sent, bytesBtoA: _received, ...rest } = view;
      const text = JSON.stringify(rest);
      if (shown.get(pair.linkId) === text) continue;
      shown.set(pair.linkId, text);
      options.onChange(view);
    }
  }

  function take(serial: string, report: DirectLinksReport): void {
    const before = facts.get(serial);
    if (!before) return;
    const listening = report.listening ?? before.listening;
    facts.set(serial, { ...before, report, listening, attached: true });
    const mine = pairsOf(serial);
    for (const pair of mine) {
      const peer = facts.get(pair.a === serial ? pair.b : pair.a);
      const link = reportOn(facts.get(serial), peer?.nodeId);
      if (!link) continue;
      pair.traffic.get(serial)?.sent.note(link.bytesSent);
      pair.traffic.get(serial)?.received.note(link.bytesReceived);
    }
    if (JSON.stringify(listening) !== JSON.stringify(before.listening)) {
      for (const pair of mine) {
        const roles = rolesOf(pair, facts);
        if (roles?.listener === serial) void ask(roles.dialler);
      }
    }
    show(mine);
  }

  /** Tells the agent what to have, again until it takes it or is gone. Resolves after the next try. */
  function ask(serial: string): Promise<void> {
    const tried = Promise.withResolvers<void>();
    const running = asking.get(serial);
    const job = running ?? { waiting: [], hurry: () => undefined, done: Promise.resolve() };
    job.waiting.push(tried.resolve);
    job.hurry();
    if (!running) {
      asking.set(serial, job);
      job.done = keepAsking(serial, job);
    }
    return tried.promise;
  }

  async function keepAsking(serial: string, job: Asking): Promise<void> {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (job.waiting.length > 0) {
      const served = job.waiting;
      job.waiting = [];
      const taken = await tryOnce(serial);
      for (const resolve of served) resolve();
      if (taken) continue;
      job.waiting.push(() => undefined);
      await pause(job, backOffMs * (0.5 + options.random.float()));
      backOffMs = Math.min(MAX_BACK_OFF_MS, backOffMs * 2);
    }
    asking.delete(serial);
  }

  /** False when the agent is there and did not take it. */
  async function tryOnce(serial: string): Promise<boolean> {
    const end = options.endOf(serial);
    if (!end || stop.signal.aborted) return true;
    try {
      take(serial, await end.setDirectLinks(orderFor(serial, pairs.values(), facts)));
      return true;
    } catch (error) {
      logger.warn('an agent did not take its direct links', { serial, error: toErrorShape(error) });
      return false;
    }
  }

  async function pause(job: Asking, ms: number): Promise<void> {
    const over = new AbortController();
    job.hurry = () => over.abort();
    await sleep(ms, { signal: AbortSignal.any([stop.signal, over.signal]) }).catch(() => undefined);
    job.hurry = () => undefined;
  }

  const known = (linkId: string): DirectPair => {
    const pair = pairs.get(linkId);
    if (!pair) throw new Error(`no direct link ${linkId}`);
    return pair;
  };

  return {
    add(linkId, a, b) {
      const tallies = () => ({ sent: new Tally(), received: new Tally() });
      const pair: DirectPair = {
        linkId,
        a,
        b,
        traffic: new Map([
          [a, tallies()],
          [b, tallies()],
        ]),
      };
      pairs.set(linkId, pair);
      show([pair]);
      for (const serial of [a, b]) void ask(serial);
    },
    async remove(linkId) {
      const { a, b } = known(linkId);
      pairs.delete(linkId);
      shown.delete(linkId);
      await Promise.all([ask(a), ask(b)]);
    },
    view: (linkId) => directView(known(linkId), facts),
    async attached(serial) {
      const end = options.endOf(serial);
      if (!end) return;
      // What it told before stays until it tells anew: nothing flickers when a cable comes back.
      const unknown = { attached: false, listening: undefined, report: undefined };
      facts.set(serial, {
        ...(facts.get(serial) ?? unknown),
        nodeId: end.nodeId,
        host: end.directHost,
      });
      await ask(serial);
      // Its peers may have waited for its node id.
      for (const { a, b } of pairsOf(serial)) void ask(a === serial ? b : a);
    },
    detached(serial) {
      const before = facts.get(serial);
      if (!before) return;
      facts.set(serial, { ...before, attached: false });
      show(pairsOf(serial));
    },
    told: take,
    forget: (serial) => void facts.delete(serial),
    async close() {
      stop.abort();
      await Promise.all([...asking.values()].map(({ done }) => done));
    },
  };
}
