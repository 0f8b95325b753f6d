// Services over the whole fleet: what is where, installing, and which authors the lab trusts.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Type } from 'typebox';
import { AbhayaError, Emitter, type Logger, toErrorShape, type Unsubscribe } from '#base';
import type { AgentClient, Fleet, PhoneSession } from '#lab/fleet';
import {
  type InstalledService,
  jsonParserOf,
  type LibraryItem,
  type ServiceDetail,
  type ServiceView,
} from '#schemas';
import { createShelves, mergeLibraries } from './shelves.ts';

export interface LibraryRoom {
  /** Libraries of all attached phones, put together by manifest. */
  list(): Promise<ServiceView[]>;
  /**
   * Installs a package file on one phone or on all; trusts its author on this fleet from then on. Phones that fail are
   * named in the answer; throws the first one's error when none took it.
   */
  install(file: string, serial: string | undefined): Promise<InstalledService>;
  /** A service with its manifest, asked of a phone that has it; throws `not-found`. */
  get(manifestSha256: string): Promise<ServiceDetail>;
  /** Takes it off one phone or off all; throws `not-found` when none of them has it. */
  remove(manifestSha256: string, serial: string | undefined): Promise<void>;
  /** Called for each phone that is attached: hands over the trusted authors, and the samples to the first phone. */
  welcome(session: PhoneSession, client: AgentClient, options: { samples: boolean }): Promise<void>;
  /** The phone's agent is out of sight, and its library with it. */
  left(serial: string): void;
  /** Tells each service that an attached phone got or lost, or that came or left with a phone. */
  onChange(listener: (service: ServiceView) => void): Unsubscribe;
}

const TrustFile = Type.Array(Type.String({ maxLength: 128 }), { maxItems: 10_000 });
const parseTrust = jsonParserOf(TrustFile, 'trusted-authors.json', {
  maxBytes: 2_000_000,
  code: 'host.setup',
});

export async function createLibraryRoom(options: {
  fleet: () => Fleet;
  trustFile: string;
  samplesDir: string;
  logger: Logger;
}): Promise<LibraryRoom> {
  const text = await readFile(options.trustFile).catch(() => undefined);
  const trusted = new Set<string>(text ? parseTrust(text) : []);

  const changes = new Emitter<ServiceView>((error) =>
    options.logger.error('a listener of the libraries failed', { error }),
  );
  const shelves = createShelves((service) => changes.emit(withTrust(service)));
  const withTrust = (service: ServiceView): ServiceView => ({
    ...service,
    trusted: trusted.has(service.author),
  });

  const attached = (): { session: PhoneSession; client: AgentClient }[] =>
    options
      .fleet()
      .sessions()
      .flatMap((session) => (session.agent ? [{ session, client: session.agent }] : []));

  async function trust(author: string): Promise<void> {
    if (trusted.has(author)) return;
    trusted.add(author);
    const partial = `${options.trustFile}.part`;
    await writeFile(partial, JSON.stringify([...trusted]), { mode: 0o600 });
    await rename(partial, options.trustFile);
    const trustedAuthors = [...trusted];
    await Promise.all(
      attached().map(({ session, client }) =>
        client.call('policy.set', { trustedAuthors }).catch((error: unknown) => {
          // It is told when it is attached again; the others, and the install, need not wait for that.
          options.logger.warn('a phone was not told whom to trust', { serial: session.view.serial, error });
        }),
      ),
    );
  }

  async function installOn(client: AgentClient, file: string): Promise<LibraryItem> {
    const spool = `package-${randomBytes(8).toString('hex')}`;
    await client.putSpool(spool, createReadStream(file));
    return client.call('services.add', { spool }, { timeoutMs: 60_000 });
  }

  async function list(): Promise<ServiceView[]> {
    const perPhone = await Promise.all(
      attached().map(async ({ session, client }) => ({
        serial: session.view.serial,
        // One that leaves or stands still meanwhile must not hide the others' libraries.
        items: await client.call('services.list', {}).catch((): LibraryItem[] => []),
      })),
    );
    return mergeLibraries(perPhone).map(withTrust);
  }

  /** The phones of the list that have the service, with their agents. */
  async function holders(manifestSha256: string, serial: string | undefined) {
    const service = (await list()).find((it) => it.manifestSha256 === manifestSha256);
    const clients = attached().flatMap(({ session, client }) => {
      const mine = session.view.serial;
      const holds = service?.phones.some((phone) => phone.serial === mine);
      return holds && (serial === undefined || serial === mine) ? [client] : [];
    });
    const [first] = clients;
    if (!service || !first)
      throw new AbhayaError(
        'not-found',
        serial === undefined ? 'no running phone has this service' : `${serial} does not have this service`,
      );
    return { service, first, clients };
  }

  return {
    list,
    async get(manifestSha256) {
      const { service, first } = await holders(manifestSha256, undefined);
      const manifest = await first.call('services.get', { manifestSha256 });
      const here = new Set(service.phones.map(({ serial }) => serial));
      const asked = attached().filter(({ session }) => !here.has(session.view.serial));
      const others = await Promise.all(
        asked.map(async ({ session, client }) => {
          const { serial } = session.view;
          // A phone that leaves meanwhile has nothing to say.
          const said = await client.call('services.judge', { manifest }).catch(() => undefined);
          return said ? [{ serial, ...said }] : [];
        }),
      );
      return { ...service, manifest, others: others.flat() };
    },
    async remove(manifestSha256, serial) {
      const { clients } = await holders(manifestSha256, serial);
      await Promise.all(clients.map((client) => client.call('services.remove', { manifestSha256 })));
    },
    async install(file, serial) {
      const targets = attached().filter(
        ({ session }) => serial === undefined || session.view.serial === serial,
      );
      if (targets.length === 0) {
        throw new AbhayaError(
          'device.offline',
          serial ? `no agent is attached on ${serial}` : 'no phone is running',
        );
      }
      const tried = await Promise.allSettled(targets.map(({ client }) => installOn(client, file)));
      const serialAt = (at: number): string => targets[at]?.session.view.serial ?? '';
      const [service] = mergeLibraries(
        tried.flatMap((it, at) =>
          it.status === 'fulfilled' ? [{ serial: serialAt(at), items: [it.value] }] : [],
        ),
      );
      if (!service) throw tried.find((it) => it.status === 'rejected')?.reason;
      const problems = tried.flatMap((it, at) => {
        if (it.status === 'fulfilled') return [];
        const { code, message } = toErrorShape(it.reason);
        return [{ serial: serialAt(at), code, message }];
      });
      await trust(service.author);
      // What was told while it came in did not know that its author is trusted now.
      const whole = (await list()).find(({ manifestSha256 }) => manifestSha256 === service.manifestSha256);
      if (whole) changes.emit(whole);
      return { ...withTrust(service), ...(problems.length > 0 ? { problems } : {}) };
    },
    async welcome(session, client, { samples }) {
      const { serial } = session.view;
      client.on('services.changed', (change) => shelves.change(serial, change));
      if (samples) {
        for (const name of await readdir(options.samplesDir).catch(() => [])) {
          if (!name.endsWith('.meshsvc')) continue;
          const { author } = await installOn(client, path.join(options.samplesDir, name));
          await trust(author);
        }
      }
      await client.call('policy.set', { trustedAuthors: [...trusted] });
      shelves.put(serial, await client.call('services.list', {}));
      options.logger.debug('a phone was welcomed', { serial, samples });
    },
    left: (serial) => shelves.take(serial),
    onChange: (listener) => changes.on(listener),
  };
}
