// Where set-up and the build put what the machine is made of. Only reads.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { AbhayaError } from '#base';
import type { Toolchain } from '#lab/toolchain';
import { jsonParserOf } from '#schemas';

const Place = Type.String({ minLength: 1, maxLength: 4096, pattern: '^(?!/)(?!.*\\.\\.).+$' });
const Files = Type.Array(Type.Object({ path: Place }), { maxItems: 10_000 });

const parseQemu = jsonParserOf(
  Type.Object({ tools: Type.Object({ qemuArm64: Type.String() }) }),
  'qemu.json',
  {
    maxBytes: 65_536,
    code: 'host.setup',
  },
);
const parseMachine = jsonParserOf(
  Type.Object({ version: Type.Literal(1), packages: Type.Array(Type.String()), files: Files }),
  'the arm64 machine’s manifest',
  { maxBytes: 1024 * 1024, code: 'host.setup' },
);
const parseRuntime = jsonParserOf(
  Type.Object({
    root: Type.String({ pattern: '^/data/local/tmp/abhaya/runtime/[0-9a-f]{8}$' }),
    files: Files,
  }),
  'the phone runtime’s manifest',
  { maxBytes: 1024 * 1024, code: 'host.setup' },
);

/** A file on this machine, and where the guest has it. */
export interface Placed {
  readonly from: string;
  readonly to: string;
}

export interface MachineFiles {
  readonly qemu: string;
  readonly kernel: string;
  /** Debian packages, with their versions. */
  readonly packages: readonly string[];
  /** In the order in which they are loaded. */
  readonly modules: readonly Placed[];
  /** The guest's first process. */
  readonly init: string;
  /** Programs and libraries of Debian, and the Node.js of phones in its place. */
  readonly system: readonly Placed[];
  /** A JVM, without a place in the guest: only a phone has one. */
  readonly jvm: readonly Placed[];
  /** The guest's Node.js: its folder there. */
  readonly runtimeRoot: string;
}

/** Throws `host.setup` with what to type where something is missing. */
export function findMachineFiles(toolchain: Toolchain): MachineFiles {
  const machine = join(toolchain.cacheDir, 'arm64/machine');
  const runtime = join(toolchain.dist, 'phone/arm64-v8a');
  const { packages, files } = parseMachine(read(join(machine, 'manifest.json')));
  const { root: runtimeRoot, files: runtimeFiles } = parseRuntime(read(join(runtime, 'manifest.json')));
  const inGuest = (prefix: string): Placed[] =>
    files
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path }) => ({ from: join(machine, path), to: path.slice(prefix.length) }));
  return {
    qemu: parseQemu(read(join(toolchain.cacheDir, 'tools/qemu.json'))).tools.qemuArm64,
    kernel: join(machine, 'vmlinuz'),
    packages,
    modules: inGuest('modules/').map(({ from, to }) => ({ from, to: `machine/modules.d/${to}` })),
    init: join(toolchain.dist, 'native/arm64-v8a/machine-init'),
    system: [
      ...inGuest('root/'),
      ...runtimeFiles.map(({ path }) => ({
        from: join(runtime, 'runtime', path),
        to: join(runtimeRoot, path).slice(1),
      })),
    ],
    jvm: inGuest('jvm/'),
    runtimeRoot,
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AbhayaError('host.setup', `${path} is not there; type: npm run test:arm64`, { cause });
  }
}
