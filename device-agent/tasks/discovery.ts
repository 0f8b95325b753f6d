// Which services there are and who holds them: answers service_query from the library, asks for others, remembers
// what it hears (spec 04, steps 1 and 2).

import type { ServiceLibrary } from '#agent/services';
import { AbhayaError, type Clock, type Logger, type Random } from '#base';
import type { ServiceCard, ServiceQuery } from '#schemas';
import { cardOf, matches } from './core/cards.ts';
import { type CachedService, MetadataCache } from './core/metadata-cache.ts';
import type { Messenger, TaskMail } from './messenger.ts';

export interface DiscoveryOptions {
  readonly messenger: Messenger;
  readonly library: ServiceLibrary;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** How long to wait for a first answer, and after it for others. */
  readonly queryTimeoutMs: number;
  readonly queryGraceMs: number;
}

export interface WantedService {
  readonly packageId: string;
  readonly author?: string | undefined;
  readonly version?: string | undefined;
}

export interface Discovery {
  onMail(mail: TaskMail): void;
  onGone(nodeId: string): void;
  /** The one service that is meant. Throws `not-found`, `ambiguous`. */
  resolve(wanted: WantedService): Promise<ServiceCard>;
  /** Devices that hold the package, best first; asks the mesh when none is known. */
  sourcesOf(manifestSha256: string, signal: AbortSignal): Promise<string[]>;
  known(manifestSha256: string): CachedService | undefined;
  transferred(manifestSha256: string, nodeId: string, bytesPerMs: number): void;
  forget(manifestSha256: string, nodeId: string): void;
}

const CARDS_PER_ANSWER = 8;

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { messenger, library, clock, random, signal } = options;
  const cache = new MetadataCache({
    distance: (nodeId) => {
      const route = messenger.route(nodeId);
      return route ? route.hops * 10 + (route.rttMs ?? route.hops * 40) : 1e9;
    },
  });
  const waiting = new Map<string, () => void>();
  const now = () => clock.monotonic();

  /** Resolves when answers have come and the grace is over, or when none came in time. */
  const ask = (query: Omit<ServiceQuery, 'queryId'>, stop: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const queryId = Buffer.from(random.bytes(8)).toString('hex');
      const finish = () => {
        clearTimeout(timer);
        waiting.delete(queryId);
        stop.removeEventListener('abort', finish);
        resolve();
      };
      let timer = setTimeout(finish, options.queryTimeoutMs);
      let answered = false;
      waiting.set(queryId, () => {
        if (answered) return;
        answered = true;
        clearTimeout(timer);
        timer = setTimeout(finish, options.queryGraceMs);
      });
      if (stop.aborted) return finish();
      stop.addEventListener('abort', finish, { once: true });
      messenger.broadcast('service_query', { queryId, ...query });
    });

  const answer = (from: string, query: ServiceQuery): void => {
    const services = library
      .list()
      .map(cardOf)
      .filter((card) => matches(card, query))
      .slice(0, CARDS_PER_ANSWER);
    if (services.length === 0) return;
    try {
      messenger.send(from, 'service_response', { queryId: query.queryId, services });
    } catch {
      // Many large cards: the first alone always fits.
      messenger.send(from, 'service_response', { queryId: query.queryId, services: services.slice(0, 1) });
    }
  };

  return {
    onMail({ from, message }) {
      if (message.kind === 'service_query') answer(from, message.body);
      else if (message.kind === 'service_response') {
        // Only answers to what we asked: others could fill the cache.
        const heard = waiting.get(message.body.queryId);
        if (!heard) return;
        for (const card of message.body.services) cache.heard(card, from, now());
        heard();
      }
    },
    onGone: (nodeId) => cache.gone(nodeId),
    async resolve(wanted) {
      const query = {
        packageId: wanted.packageId,
        ...(wanted.author === undefined ? {} : { author: wanted.author }),
        ...(wanted.version === undefined ? {} : { version: wanted.version }),
      };
      // What this device's owner installed comes first: a stranger's service of the same name can't get between.
      const here = library.find(query).map(cardOf);
      if (here.length > 0) return theOne(here, wanted);
      const cached = () => cache.find((card) => matches(card, query), now()).map(({ card }) => card);
      let found = cached();
      if (found.length === 0) {
        await ask(query, signal);
        found = cached();
      }
      return theOne(found, wanted);
    },
    async sourcesOf(manifestSha256, stop) {
      const known = () => cache.get(manifestSha256, now())?.sources.map(({ nodeId }) => nodeId) ?? [];
      if (known().length === 0) await ask({ manifestSha256 }, AbortSignal.any([stop, signal]));
      return known();
    },
    known: (manifestSha256) => cache.get(manifestSha256, now()),
    transferred: (manifestSha256, nodeId, speed) => cache.transferred(manifestSha256, nodeId, speed),
    forget: (manifestSha256, nodeId) => cache.forget(manifestSha256, nodeId),
  };
}

function theOne(cards: readonly ServiceCard[], wanted: WantedService): ServiceCard {
  const [first, ...others] = cards;
  if (!first) throw new AbhayaError('not-found', `no device in reach has the service ${wanted.packageId}`);
  if (others.length === 0) return first;
  const choices = cards.map(({ key }) => key);
  const list = choices.map((key) => `${key.version} by ${key.author.slice(0, 12)}…`).join(', ');
  throw new AbhayaError(
    'ambiguous',
    `several services are called ${wanted.packageId} (${list}): say author and version`,
    { details: { choices } },
  );
}
