// What is pushed to a phone of an ABI: the Node runtime, the agent with its launcher and supervisor, and the optional
// runtimes for services that the build made.
// Each is a folder named by its content's hash, so that what is there already is never pushed again.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Type } from 'typebox';
import { passesAttacks } from '#agent/sandbox';
import { AbhayaError } from '#base';
import { Bytes, HexHash, jsonParserOf, type RuntimeModule, runtimeModules } from '#schemas';

export interface PayloadFile {
  /** Path below the folder, with slashes. */
  readonly path: string;
  readonly local: string;
  readonly mode: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PayloadFolder {
  readonly hash: string;
  readonly files: readonly PayloadFile[];
}

export interface Payload {
  readonly abi: string;
  readonly runtime: PayloadFolder;
  readonly agent: PayloadFolder;
  /** Runtimes for services only, where the build made them: `dist/<name>/<abi>/{manifest.json, runtime/}`. */
  readonly modules: Readonly<Partial<Record<RuntimeModule, PayloadFolder>>>;
  /** What the `jvm` of a phone with ART is made of, in place of that module (fit-payload.ts). */
  readonly art?: PayloadFolder;
}

/** Where each folder lies below PHONE_ROOT: its room, and in that a folder named by its hash. */
export const payloadFolders = ({ runtime, agent, modules }: Payload): [room: string, PayloadFolder][] => [
  ['runtime', runtime],
  ['agent', agent],
  ...Object.entries(modules),
];

/** Another one means another agent: it is started anew. Modules come and change while it runs. */
export const bundleHashOf = ({ runtime, agent }: Payload): string => `${runtime.hash}-${agent.hash}`;

/** Of all that a phone may have. */
export const payloadHashOf = (payload: Payload): string =>
  payloadFolders(payload)
    .map(([, { hash }]) => hash)
    .join('-');

const HASH_LENGTH = 16;

/** What the build wrote beside the runtime: the hash that its ELF interpreter's path holds, and every file. */
const RuntimeManifest = Type.Object({
  abi: Type.String(),
  hash: Type.String({ pattern: '^[0-9a-f]{8,64}$' }),
  files: Type.Array(
    Type.Object({ path: Type.String({ pattern: '^[A-Za-z0-9._+/-]+$' }), bytes: Bytes, sha256: HexHash }),
  ),
});
/** Of a module that this machine's packages lack, and which is left out. */
const LackingManifest = Type.Object({ abi: Type.String(), lacking: Type.String() });
const parseManifest = jsonParserOf(Type.Union([RuntimeManifest, LackingManifest]), "the runtime's manifest", {
  maxBytes: 1_000_000,
  code: 'host.setup',
});

/** Reads what the build made for the ABI below dist/. Throws `device.unsupported` with what to type. */
export async function loadPayload(dist: string, abi: string): Promise<Payload> {
  const missing = (what: string) =>
    new AbhayaError(
      'device.unsupported',
      `${what} for ${abi} is not built; type: npm run build -- --abi ${abi}`,
    );
  const runtime = await readRuntime(path.join(dist, 'phone', abi));
  if (!runtime) throw missing('the Node runtime');
  const native = (program: string) => path.join(dist, 'native', abi, program);
  const agentFiles = await Promise.all([
    describeFile(path.join(dist, 'agent.mjs'), 'agent.mjs', 0o600),
    describeFile(path.join(dist, 'start.mjs'), 'start.mjs', 0o600),
    describeFile(native('abhaya-launcher'), 'abhaya-launcher', 0o700),
    // What a phone measures its own sandbox with.
    describeFile(native('sandbox-probe'), 'sandbox-probe', 0o700),
    describeFile(native('probe.jar'), 'probe.jar', 0o600),
    // Both: which one a phone can run is found out on the phone. ART wants code that nobody may write to.
    describeFile(path.join(dist, 'shim', 'supervisor.jar'), 'supervisor.jar', 0o600),
    describeFile(path.join(dist, 'shim', 'supervisor.dex.jar'), 'supervisor.dex.jar', 0o400),
  ]).catch((cause: unknown) => {
    throw new AbhayaError(
      'device.unsupported',
      `${missing('the agent').message} (${(cause as Error).message})`,
      { cause },
    );
  });
  const art = await readRuntime(path.join(dist, 'art', abi));
  return {
    abi,
    runtime,
    agent: { hash: folderHash(agentFiles), files: agentFiles },
    modules: await readModules(dist, abi),
    ...(art ? { art } : {}),
  };
}

async function readModules(dist: string, abi: string): Promise<Payload['modules']> {
  const modules: Partial<Record<RuntimeModule, PayloadFolder>> = {};
  for (const name of runtimeModules) {
    if (!passesAttacks(name, abi)) continue; // the agent would not offer it
    const folder = await readRuntime(path.join(dist, name, abi));
    if (folder) modules[name] = folder;
  }
  return modules;
}

/** Undefined: the build did not make it. */
async function readRuntime(folder: string): Promise<PayloadFolder | undefined> {
  const text = await readFile(path.join(folder, 'manifest.json')).catch(() => undefined);
  if (!text) return undefined;
  const manifest = parseManifest(text);
  if ('lacking' in manifest) return undefined;
  return {
    hash: manifest.hash,
    files: manifest.files.map((file) => ({
      ...file,
      local: path.join(folder, 'runtime', file.path),
      mode: modeOf(file.path),
    })),
  };
}

const modeOf = (file: string): number => {
  // ART wants code that nobody may write to.
  if (file.endsWith('.jar')) return 0o400;
  // Programs, and the loader that their ELF headers name.
  return file.startsWith('bin/') || path.posix.basename(file).startsWith('ld-') ? 0o700 : 0o600;
};

export async function describeFile(local: string, name: string, mode: number): Promise<PayloadFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(local), hash);
  return { path: name, local, mode, bytes: (await stat(local)).size, sha256: hash.digest('hex') };
}

function folderHash(files: readonly PayloadFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.path}\0${file.mode}\0${file.sha256}\n`);
  return hash.digest('hex').slice(0, HASH_LENGTH);
}
