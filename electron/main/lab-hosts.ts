// Other lab hosts that a person added, reached on this machine's loopback (through SSH, DESIGN: Trust). Their tokens are
// kept encrypted by the platform's key store; where there is none, only as long as the app runs.

import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { AbhayaError } from '#base';
import { createLabClient } from '#lab/client';
import { type AddLabHost, type LabHostEntry, LabHostUrl } from '#schemas';
import { jsonFile } from './app-files.ts';
import type { LabTarget } from './lab-connection.ts';

const Stored = Type.Object(
  {
    chosen: Type.Optional(Type.String({ maxLength: 32 })),
    hosts: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[a-f0-9]{16}$' }),
          name: Type.String({ minLength: 1, maxLength: 100 }),
          apiUrl: LabHostUrl,
          /** Base64 of what the key store made of it; absent: known until the app ends. */
          token: Type.Optional(Type.String({ maxLength: 8_192 })),
        },
        { additionalProperties: false },
      ),
      { maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);

/** The platform's key store (Electron's safeStorage). */
export interface Secrets {
  available(): boolean;
  encrypt(text: string): string;
  /** Throws when the key is another one by now. */
  decrypt(text: string): string;
}

export interface LabHosts {
  list(): LabHostEntry[];
  /** Asks the lab host who it is first: a wrong address or token is told at once. */
  add(host: Static<typeof AddLabHost>): Promise<LabHostEntry[]>;
  remove(id: string): Promise<LabHostEntry[]>;
  /** Undefined: the home's own. Throws `not-found`. */
  choose(id: string | undefined): Promise<LabHostEntry[]>;
  /** Throws `auth.missing` when its token is not known any more. */
  chosen(): (LabTarget & { readonly name: string }) | undefined;
}

export async function openLabHosts(file: string, secrets: Secrets): Promise<LabHosts> {
  const stored = jsonFile(file, Stored, { hosts: [] });
  let state = await stored.read();
  const tokens = new Map<string, string>();
  for (const { id, token } of state.hosts) {
    if (token === undefined) continue;
    try {
      tokens.set(id, secrets.decrypt(token));
    } catch {
      // The key store is another one by now: the person is asked for the token again.
    }
  }

  const save = async (next: Static<typeof Stored>): Promise<LabHostEntry[]> => {
    state = next;
    await stored.write(state);
    return list();
  };
  const list = (): LabHostEntry[] =>
    state.hosts.map(({ id, name, apiUrl, token }) => ({
      id,
      name,
      apiUrl,
      chosen: id === state.chosen,
      token: tokens.has(id) ? (token === undefined ? 'session' : 'kept') : 'missing',
    }));

  return {
    list,
    async add({ name, apiUrl, token }) {
      await createLabClient({ apiUrl, token }).host();
      const id = state.hosts.find((host) => host.apiUrl === apiUrl)?.id ?? randomBytes(8).toString('hex');
      tokens.set(id, token);
      const kept = secrets.available() ? { token: secrets.encrypt(token) } : {};
      return save({
        ...state,
        hosts: [...state.hosts.filter((host) => host.id !== id), { id, name, apiUrl, ...kept }],
      });
    },
    async remove(id) {
      tokens.delete(id);
      const hosts = state.hosts.filter((host) => host.id !== id);
      return save(state.chosen === id ? { hosts } : { ...state, hosts });
    },
    async choose(id) {
      if (id === undefined) return save({ hosts: state.hosts });
      if (!state.hosts.some((host) => host.id === id))
        throw new AbhayaError('not-found', 'there is no such lab host');
      return save({ hosts: state.hosts, chosen: id });
    },
    chosen() {
      const host = state.hosts.find(({ id }) => id === state.chosen);
      if (!host) return undefined;
      const token = tokens.get(host.id);
      if (token === undefined)
        throw new AbhayaError(
          'auth.missing',
          `The token of ${host.name} is not known any more. Add it again in the settings.`,
        );
      return { name: host.name, apiUrl: host.apiUrl, token };
    },
  };
}
