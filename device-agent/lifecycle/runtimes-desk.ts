// The runtimes of this phone: which folders there are, and whether its user wants the optional ones offered. Folders may
// come while the agent runs; the choice stays on the phone. Owns its file.

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Type } from 'typebox';
import { AbhayaError } from '#base';
import {
  type AgentSandbox,
  type AgentStartConfig,
  jsonParserOf,
  type RuntimesOrder,
  runtimeModules,
} from '#schemas';
import { type OfferingDevice, type RuntimesOffer, runtimesOffer, whyNotOffered } from './runtimes-offer.ts';

const parseChoice = jsonParserOf(Type.Object({ optional: Type.Boolean() }), 'the choice of runtimes', {
  maxBytes: 4096,
});

export interface RuntimesDesk {
  /** What holds now. */
  readonly offer: RuntimesOffer;
  /** For the lab host: what is wanted and there, and the user's choice. */
  readonly view: Pick<AgentSandbox, 'modules' | 'optional'>;
  /** True when the offer is another one now. Throws `input.invalid` for a folder that isn't complete. */
  set(order: RuntimesOrder): Promise<boolean>;
}

export async function openRuntimesDesk(options: {
  root: string;
  file: string;
  places: AgentStartConfig['runtimes'];
  device: Omit<OfferingDevice, 'optional'>;
}): Promise<RuntimesDesk> {
  const { root, file, device } = options;
  let places = { ...options.places };
  let { optional } = await readFile(file)
    .then(parseChoice)
    .catch(() => ({ optional: false }));
  let offer = runtimesOffer(places, { ...device, optional });

  async function choose(chosen: boolean): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, JSON.stringify({ optional: chosen }), { mode: 0o600 });
    await rename(`${file}.new`, file);
    optional = chosen;
  }

  async function take(name: (typeof runtimeModules)[number], hash: string): Promise<void> {
    const room = path.join(root, name);
    const folder = path.join(room, hash);
    if (!(await stat(path.join(folder, '.complete')).catch(() => undefined)))
      throw new AbhayaError('input.invalid', `${name}/${hash} is not on this phone, or not all of it`);
    places = { ...places, [name]: { folder } };
    for (const other of await readdir(room))
      if (other !== hash) await rm(path.join(room, other), { recursive: true, force: true });
  }

  return {
    get offer() {
      return offer;
    },
    get view() {
      const modules = runtimeModules.map((name) => {
        const place = places[name];
        const wanted = whyNotOffered(name, { ...device, optional }) === undefined;
        return [name, { wanted, ...(place ? { hash: path.basename(place.folder) } : {}) }] as const;
      });
      return { modules: Object.fromEntries(modules), optional };
    },
    async set(order) {
      if (order.optional !== undefined) await choose(order.optional);
      for (const name of runtimeModules) {
        const hash = order.modules?.[name];
        if (hash !== undefined) await take(name, hash);
      }
      const before = JSON.stringify(offer);
      offer = runtimesOffer(places, { ...device, optional });
      return JSON.stringify(offer) !== before;
    },
  };
}
