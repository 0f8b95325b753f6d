// Services over the whole fleet: what is where, installing, and which authors the lab trusts.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Type } from 'typebox';
import { AbhayaError, type Logger } from '#base';
import type { AgentClient, Fleet, PhoneSession } from '#lab/fleet';
import { jsonParserOf, type LibraryItem, type ServiceView } from '#schemas';

export interface LibraryRoom {
  /** Libraries of all attached phones, put together by manifest. */
  list(): Promise<ServiceView[]>;
  /** Installs a package file on one phone or on all; trusts its author on this fleet from then on. */
  install(file: string, serial: string | undefined): Promise<ServiceView>;
  /** Called for each phone that is attached: hands over the trusted authors, and the samples to the first phone. */
  welcome(session: PhoneSession, client: AgentClient, options: { samples: boolean }): Promise<void>;
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
    await Promise.all(attached().map(({ client }) => client.call('policy.set', { trustedAuthors })));
  }

  async function installOn(client: AgentClient, file: string): Promise<LibraryItem> {
    const spool = `package-${randomBytes(8).toString('hex')}`;
    await client.putSpool(spool, createReadStream(file));
    return client.call('services.add', { spool }, { timeoutMs: 60_000 });
  }

  return {
    async list() {
      const perPhone = await Promise.all(
        attached().map(async ({ session, client }) => ({
          serial: session.view.serial,
          items: await client.call('services.list', {}),
        })),
      );
      return merge(perPhone);
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
      const perPhone = await Promise.all(
        targets.map(async ({ session, client }) => ({
          serial: session.view.serial,
          items: [await installOn(client, file)],
        })),
      );
      const [service] = merge(perPhone);
      if (!service) throw new AbhayaError('device.lost', 'no phone took the package');
      await trust(service.author);
      return service;
    },
    async welcome(session, client, { samples }) {
      if (samples) {
        for (const name of await readdir(options.samplesDir).catch(() => [])) {
          if (!name.endsWith('.meshsvc')) continue;
          const { author } = await installOn(client, path.join(options.samplesDir, name));
          await trust(author);
        }
      }
      await client.call('policy.set', { trustedAuthors: [...trusted] });
      options.logger.debug('a phone was welcomed', { serial: session.view.serial, samples });
    },
  };
}

function merge(perPhone: readonly { serial: string; items: readonly LibraryItem[] }[]): ServiceView[] {
  const services = new Map<string, ServiceView>();
  for (const { serial, items } of perPhone) {
    for (const { verdict, reasons, packageSha256: _hash, ...item } of items) {
      const service = services.get(item.manifestSha256) ?? { ...item, phones: [] };
      service.phones.push({ serial, verdict, reasons });
      services.set(item.manifestSha256, service);
    }
  }
  return [...services.values()].sort((a, b) => a.packageId.localeCompare(b.packageId));
}
