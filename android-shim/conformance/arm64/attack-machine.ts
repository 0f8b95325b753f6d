// One part of the conformance suite on the arm64 machine: the same attacks by the same engine, 64-bit and, by the kernel's
// compat mode, 32-bit, in one boot. Nothing is judged here but what the guest reports.

import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbhayaError } from '#base';
import {
  type CpioEntry,
  folderAt,
  type JobEnd,
  type MachineFiles,
  type MachineJob,
  placed,
  runJobs,
} from '#lab/arm64-machine';
import type { Toolchain } from '#lab/toolchain';
import { goPrograms } from '../../programs/go.ts';
import { type ArmAbi, nameOf, type Part, type Work } from './parts.ts';

export interface PartOptions {
  readonly toolchain: Toolchain;
  readonly files: MachineFiles;
  /** The project's folder: the launcher's unit tests lie in its `build`. */
  readonly project: string;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: (job: string, line: string) => void;
  readonly onEnd?: (job: string, end: JobEnd) => void;
}

/** Where the guest has things. */
const place = {
  bundle: '/machine/attacks.mjs',
  home: (abi: ArmAbi) => `/machine/${abi}`,
  python: '/machine/python',
  jvm: '/machine/jvm',
  java: '/machine/java',
  programs: '/machine/programs',
  programsBundle: '/machine/programs.mjs',
  // As in the project: the tests look for the golden frames from where they run.
  launcher: '/machine/tree/android-shim/launcher',
  golden: '/machine/tree/schemas/golden/launcher',
  tests: (abi: ArmAbi) => `/machine/tree/android-shim/launcher/build/${abi}/tests`,
};

/** Throws `host.setup` where something isn't built (what can't be attacked is no success), and what `runJobs` throws. */
export async function attackPart(part: Part, options: PartOptions): Promise<{ readonly uptime: number }> {
  const { files, signal, onLine, onEnd } = options;
  const works = part.lanes.flat();
  const needed = works.reduce<CpioEntry[]>((all, work) => withNew(all, needsOf(work, options)), []);
  return await runJobs({
    files,
    lanes: part.lanes.map((lane) => lane.map((work) => jobOf(work, options))),
    own: works.some(({ kind }) => kind === 'programs') ? [...needed, ...(await compiledPrograms())] : needed,
    memoryMb: 3_072,
    patience: part.patience,
    signal,
    ...(onLine && { onLine }),
    ...(onEnd && { onEnd }),
  });
}

const withNew = (all: CpioEntry[], more: readonly CpioEntry[]): CpioEntry[] => {
  const known = new Set(all.map(({ path }) => path));
  return [...all, ...more.filter(({ path }) => !known.has(path))];
};

function jobOf(work: Work, { files }: PartOptions): MachineJob {
  const name = nameOf(work);
  if (work.kind === 'unit')
    // One that dies without a word has failed, too.
    return {
      name,
      folder: place.launcher,
      command: [
        '/bin/sh',
        '-c',
        `for test in ${place.tests(work.abi)}/*; do $test || echo "not ok - $test ended with $?"; done`,
      ],
    };
  const node = `${files.runtimeRoot}/bin/node`;
  const launcher = `${place.home(work.abi)}/abhaya-launcher`;
  if (work.kind === 'programs')
    return { name, command: [node, place.programsBundle, launcher, place.programs] };
  const { abi, runtime, share, listener, warm } = work;
  const folder = {
    native: undefined,
    go: undefined,
    nodejs: files.runtimeRoot,
    wasm: files.runtimeRoot,
    python: `${place.python}/runtime`,
    jvm: place.jvm,
  }[runtime];
  return {
    name,
    command: [
      node,
      place.bundle,
      ...['--launcher', launcher, '--programs', `${place.home(abi)}/attacks`],
      ...['--runtime', runtime, '--progress'],
      ...(folder === undefined ? [] : ['--folder', `${runtime}=${folder}`]),
      ...(runtime === 'jvm' ? ['--tool', `java=${place.java}/bin/java`] : []),
      ...(warm === true ? ['--warm'] : []),
      ...(share === undefined ? [] : ['--share', share]),
      ...(listener === undefined ? [] : ['--listener', listener]),
    ],
  };
}

/** What of this machine's files the work needs there. */
function needsOf(work: Work, { toolchain: { dist }, files, project }: PartOptions): CpioEntry[] {
  const there = (path: string, todo: string): string => {
    if (!existsSync(path)) throw new AbhayaError('host.setup', `${path} is not there; type: ${todo}`);
    return path;
  };
  const built = (path: string): string => there(join(dist, path), 'npm run build -- --abi arm64-v8a');
  const { abi } = work;
  if (work.kind === 'unit') {
    const tests = there(join(project, 'android-shim/launcher/build', abi, 'tests'), 'npm run test:arm64');
    const golden = join(project, 'schemas/golden/launcher');
    return [
      ...placed(
        readdirSync(tests, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => ({ from: join(tests, name), to: `${place.tests(abi)}/${name}`.slice(1) })),
      ),
      ...folderAt(golden, place.golden.slice(1)),
    ];
  }
  const launcher = placed([
    { from: built(`native/${abi}/abhaya-launcher`), to: `${place.home(abi)}/abhaya-launcher`.slice(1) },
  ]);
  if (work.kind === 'programs')
    return [...launcher, ...placed([{ from: built('programs.mjs'), to: place.programsBundle.slice(1) }])];
  return [
    ...launcher,
    ...placed([{ from: built('attacks.mjs'), to: place.bundle.slice(1) }]),
    ...folderAt(built(`conformance/${abi}`), `${place.home(abi)}/attacks`.slice(1)),
    // The image without what attacks need, and the one with it, beside each other.
    ...(work.runtime === 'python' ? folderAt(built('python/arm64-v8a'), place.python.slice(1)) : []),
    ...(work.runtime === 'jvm'
      ? [
          ...folderAt(built('jvm/arm64-v8a/runtime'), place.jvm.slice(1)),
          ...placed(files.jvm.map(({ from, to }) => ({ from, to: `${place.java.slice(1)}/${to}` }))),
        ]
      : []),
  ];
}

/** Throws `host.setup` where there is no Go. */
async function compiledPrograms(): Promise<CpioEntry[]> {
  const folder = await mkdtemp(join(tmpdir(), 'abhaya-arm64-programs-'));
  try {
    const all: CpioEntry[] = [];
    for (const { name, file } of goPrograms('go', 'arm64'))
      all.push(...placed([{ from: await file(folder), to: `${place.programs}/${name}`.slice(1) }]));
    return all;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
