// For tests and benchmarks: builds the C parts, finds the supervisor's jar, keeps a folder for inputs and outputs.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AbhayaError } from '#base';
import type { SandboxLimits } from '#schemas';
import type { SandboxJob } from './port.ts';

const run = promisify(execFile);
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Ceilings for tests: those of a budget phone. */
export const testLimits: SandboxLimits = {
  maxMemoryBytes: 64 * 1024 * 1024,
  maxWallMs: 30_000,
  maxCpuMs: 30_000,
  maxOutputBytes: 64 * 1024 * 1024,
  maxChildren: 8,
};

/** Builds a C part with its Makefile (nothing to do when it is fresh); answers the folder with the result. */
export async function buildC(
  folder: string,
  variables: Readonly<Record<string, string>> = {},
  targets: readonly string[] = [],
): Promise<string> {
  const [cc, javac] = [await tool('cc'), await tool('javac')];
  // make can't take paths with spaces: OUT is relative to the folder, the compiler is found on PATH.
  const env = { ...process.env, PATH: [dirname(cc), dirname(javac), process.env.PATH].join(delimiter) };
  const all = { OUT: 'build/native', CC: basename(cc), ...variables };
  const settings = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  await run(await tool('make'), ['-C', join(projectRoot, folder), ...settings, ...targets], { env });
  return resolve(projectRoot, folder, all.OUT);
}

/** A program that set-up found, else the one on PATH. */
async function tool(name: 'make' | 'cc' | 'java' | 'javac'): Promise<string> {
  const cache = process.env.ABHAYA_CACHE ?? join(projectRoot, '.cache');
  const text = await readFile(join(cache, 'tools/tools.json'), 'utf8').catch(() => '{}');
  const { tools } = JSON.parse(text) as { tools?: Record<string, string> };
  return tools?.[name] ?? name;
}

export const supervisorJar = join(projectRoot, 'dist/shim/supervisor.jar');

/** The Node.js of this machine's virtual phones, as services get it. */
export const nodejsFolder = (): string => runtimeFolder('phone');
/** The JVM that their services run on. */
export const jvmFolder = (): string => runtimeFolder('jvm');
/** The Python of this machine's virtual phones. */
export const pythonFolder = (): string => runtimeFolder('python');

export function runtimeFolder(room: 'phone' | 'jvm' | 'python' | 'art'): string {
  const abi = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';
  const folder = join(projectRoot, 'dist', room, abi, 'runtime');
  if (!existsSync(folder))
    throw new AbhayaError('host.setup', 'build the phone runtimes first: npm run build');
  return folder;
}

/** Small footprint and quick start; DESIGN wants many of these on one machine. */
export const jvmFlags = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Xshare:auto',
  '-Xms2m',
  '-Xmx16m',
  '-Xss256k',
];

export async function supervisorCommand(): Promise<[string, ...string[]]> {
  if (!existsSync(supervisorJar)) {
    throw new AbhayaError('host.setup', `build the supervisor first: npm run build`);
  }
  return [await tool('java'), ...jvmFlags, '-cp', supervisorJar, 'org.abhaya.supervisor.Main'];
}

export class Workspace {
  readonly folder: string;
  #made = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Workspace> {
    return new Workspace(await mkdtemp(join(tmpdir(), 'abhaya-sandbox-')));
  }

  /** A job with fresh files; limits can be replaced. */
  async job(
    program: string,
    input: Uint8Array | string,
    limits: Partial<SandboxJob> = {},
  ): Promise<SandboxJob> {
    const jobId = `job-${++this.#made}`;
    const inputPath = join(this.folder, `${jobId}.in`);
    await writeFile(inputPath, input);
    return {
      jobId,
      runtime: 'native',
      program,
      inputPath,
      outputPath: join(this.folder, `${jobId}.out`),
      memoryBytes: 64 * 1024 * 1024,
      wallMs: 20_000,
      cpuMs: 20_000,
      maxOutputBytes: 1024 * 1024,
      ...limits,
    };
  }

  /** Answers its path. */
  async file(name: string, contents: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, contents);
    return path;
  }

  output(job: SandboxJob): Promise<Buffer> {
    return readFile(job.outputPath);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Processes whose parent is this one; of this program, where it is named. */
export function children(of: number, name?: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, comm = '', parent = ''] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
        return (name === undefined || comm === name) && Number(parent) === of;
      } catch {
        return false;
      }
    });
}
