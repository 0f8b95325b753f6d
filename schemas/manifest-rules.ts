// Rules of a manifest that its JSON Schema can't say, and the small questions that everyone asks of it.

import { AbhayaError } from '#base';
import { Manifest } from './manifest.ts';
import {
  DEFAULT_MEMORY_MB,
  type DeviceProfile,
  memoryCeilingMB,
  type PrivacyClass,
  packageLimits,
  type Runtime,
} from './manifest-terms.ts';
import { isDirectRuntime, type SandboxRuntime } from './sandbox-protocol.ts';
import { parserOf } from './validator.ts';

const parseShape = parserOf(Manifest, 'manifest', 'package.manifest-invalid');

/** A valid manifest, or AbhayaError `package.manifest-invalid` with the first broken rule. */
export function parseManifest(value: unknown): Manifest {
  const manifest = parseShape(value);
  const [first] = brokenRules(manifest);
  if (first)
    throw new AbhayaError('package.manifest-invalid', first.message, { details: { path: first.path } });
  return manifest;
}

export interface BrokenRule {
  /** JSON pointer. */
  readonly path: string;
  /** One sentence. */
  readonly message: string;
}

/** Every rule between fields that the (well-shaped) manifest breaks. */
export function brokenRules(manifest: Manifest): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const say = (path: string, message: string) => broken.push({ path, message });

  const { minMemoryMB } = manifest.resourceRequirements;
  const most = memoryLimitMB(manifest);
  if (minMemoryMB > most) {
    say('/resourceRequirements', `minMemoryMB (${minMemoryMB}) is above maxMemoryMB (${most})`);
  }
  if (most > memoryCeilingMB.flagship) {
    say('/resourceRequirements/maxMemoryMB', `no device gives more than ${memoryCeilingMB.flagship} MB`);
  }
  unique(manifest.inputs, (port) => port.name, '/inputs', say);
  unique(manifest.outputs, (port) => port.name, '/outputs', say);
  unique(manifest.files, (file) => file.path, '/files', say);
  unique(manifest.capabilities, (tag) => tag, '/capabilities', say);

  if (entryFiles(manifest).length === 0) {
    say('/entryPoint', `the package has no file for the entry point ${manifest.entryPoint}`);
  }
  const total = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (total > packageLimits.unpackedBytes)
    say('/files', `${total} bytes unpacked are too many: at most ${packageLimits.unpackedBytes}`);
  const files = new Map(manifest.files.map((file) => [file.path, file]));
  for (const [at, file] of manifest.files.entries()) {
    if (file.path.startsWith('models/') && file.sizeBytes > packageLimits.modelBytes)
      say(`/files/${at}`, `${file.path} is a model of more than ${packageLimits.modelBytes} bytes`);
  }
  for (const [at, model] of (manifest.models ?? []).entries()) {
    const file = files.get(model.file);
    if (!file || file.sha256 !== model.sha256 || file.sizeBytes !== model.sizeBytes)
      say(`/models/${at}`, `the model ${model.file} doesn't stand in files with the same size and hash`);
  }
  return broken;
}

function unique<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  path: string,
  say: (path: string, message: string) => void,
): void {
  const seen = new Set<string>();
  for (const item of items) {
    const name = nameOf(item).toLowerCase();
    if (seen.has(name)) say(path, `${nameOf(item)} stands there twice (upper and lower case are the same)`);
    seen.add(name);
  }
}

/** The entry point without its symbol. */
export const entryPath = (manifest: Pick<Manifest, 'entryPoint'>): string =>
  manifest.entryPoint.split('#', 1)[0] ?? '';

/** Whether its program is one for the processor, so that the device's ABI matters. */
export const needsAbi = ({ runtimeRequired }: Pick<Manifest, 'runtimeRequired'>): boolean =>
  runtimeRequired.some((runtime) => isDirectRuntime(sandboxRuntimeOf(runtime)));

/**
 * The package's files that can be the entry point: the path itself, or, for programs of the processor, one for each ABI at
 * `service/<abi>/<name>`.
 */
export function entryFiles(manifest: Pick<Manifest, 'entryPoint' | 'files' | 'runtimeRequired'>): string[] {
  const path = entryPath(manifest);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const native = needsAbi(manifest);
  return manifest.files
    .map((file) => file.path)
    .filter((file) => {
      if (file === path) return true;
      const [folder, , last, ...rest] = file.split('/');
      return native && folder === 'service' && last === name && rest.length === 0;
    });
}

/** The file that a device of this ABI starts, or undefined when the package has none for it. */
export function entryFileFor(
  manifest: Pick<Manifest, 'entryPoint' | 'files' | 'runtimeRequired'>,
  abi: string,
): string | undefined {
  const path = entryPath(manifest);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const candidates = entryFiles(manifest);
  return candidates.find((file) => file === `service/${abi}/${name}`) ?? candidates.find((f) => f === path);
}

const runtimeOfLanguage: Partial<Record<Manifest['language'], SandboxRuntime>> = {
  javascript: 'nodejs',
  typescript: 'nodejs',
  python: 'python',
  kotlin: 'jvm',
  java: 'jvm',
  go: 'go',
  wasm: 'wasm',
};

/** The device's runtime that gives what a manifest asks for: what Rust makes is a native program. */
export const sandboxRuntimeOf = (runtime: Runtime): SandboxRuntime =>
  runtime === 'rust' ? 'native' : runtime;

/** The runtime that starts the entry point: the required one that fits the language (Rust, Go and C may be WASM too). */
export function entryRuntime(manifest: Pick<Manifest, 'language' | 'runtimeRequired'>): SandboxRuntime {
  const required = manifest.runtimeRequired.map(sandboxRuntimeOf);
  const first = runtimeOfLanguage[manifest.language] ?? 'native';
  const order: SandboxRuntime[] = [first, 'native', 'go', 'wasm', 'nodejs', 'jvm', 'python'];
  return order.find((runtime) => required.includes(runtime)) ?? 'native';
}

export const memoryLimitMB = (manifest: Pick<Manifest, 'resourceRequirements'>): number =>
  manifest.resourceRequirements.maxMemoryMB ?? DEFAULT_MEMORY_MB;

export const privacyOf = (manifest: Pick<Manifest, 'privacyClass'>): PrivacyClass =>
  manifest.privacyClass ?? 'private';

/** True when a device of profile `has` may run what asks for at least `needs`. */
export function profileSuffices(has: DeviceProfile, needs: DeviceProfile): boolean {
  return memoryCeilingMB[has] >= memoryCeilingMB[needs];
}

/** JSON values are validated by schema; everything else is bytes. */
export const isJsonMediaType = (mediaType: string): boolean =>
  mediaType === 'application/json' || mediaType.endsWith('+json');
