// What tests and benchmarks start phones with: tools of this checkout, a private adb server, a folder that is
// deleted, and a check that nothing is left. Owns everything that it starts.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { poll, Scope, silentLogger, systemClock, systemRandom } from '#base';
import { type PrivateServer, startPrivateServer } from '#lab/adb';
import { loadToolchain } from '#lab/toolchain';
import { type ReferencePhone, startReferencePhone } from '../reference/reference-phone.ts';
import { type StartOptions, startVirtualPhone, type VirtualPhone } from '../start.ts';
import type { PhoneTools } from '../tools.ts';

const run = promisify(execFile);

export type RunAdb = (
  serial: string | undefined,
  ...args: string[]
) => Promise<{ code: number; stdout: string; stderr: string }>;

export interface PhoneBench {
  readonly dir: string;
  readonly server: PrivateServer;
  readonly tools: PhoneTools;
  readonly adbProgram: string;
  phone(options?: Partial<StartOptions>): Promise<VirtualPhone>;
  reference(): Promise<ReferencePhone>;
  /** The real adb program against the private server. Any exit code is a result. */
  readonly adb: RunAdb;
  /** The same with Debian trixie's newer adb. */
  referenceAdb(): Promise<RunAdb>;
  /** Closes everything; throws when a process or folder is left. */
  close(): Promise<void>;
}

/** Builds the native parts if needed and starts the private server. */
export async function openPhoneBench(): Promise<PhoneBench> {
  const toolchain = loadToolchain();
  const native = join(toolchain.dist, 'native');
  const room = join(toolchain.projectRoot, 'lab/virtual-phone');
  // The Makefile's own OUT is dist/native, relative: make can't take paths with spaces.
  await run(toolchain.need('make'), ['-s', '-C', join(room, 'native')]);
  const tools: PhoneTools = {
    node: toolchain.node,
    entry: join(room, 'main.ts'),
    shell: toolchain.need('mksh'),
    toybox: toolchain.need('toybox'),
    phoneInit: join(native, 'phone-init'),
    phoneCall: join(native, 'phone-call'),
    libraries: toolchain.libraries,
    ...(toolchain.javaHome ? { jvm: toolchain.javaHome } : {}),
  };
  const scope = new Scope('phone bench');
  // Phones run as another user when we are root: the folder must be open to walk through.
  const dir = await mkdtemp(join(tmpdir(), 'abhaya-bench-'));
  await run('chmod', ['755', dir]);
  scope.add(() => rm(dir, { recursive: true, force: true }));
  const adbProgram = toolchain.need('adb');
  const server = scope.own(
    await startPrivateServer({
      adb: adbProgram,
      home: join(dir, 'adb'),
      tether: tools.phoneInit,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    }),
    (started) => started.close(),
  );
  let count = 0;
  const fetchReference = async () => {
    const { fetchReferenceAdbd } = await import('../../../scripts/reference-adbd/fetch.mjs');
    return fetchReferenceAdbd(toolchain.cacheDir);
  };
  return {
    dir,
    server,
    tools,
    adbProgram,
    async phone(options = {}) {
      const name = `phone-${++count}`;
      const phone = await startVirtualPhone({
        dir: join(dir, name),
        imageDir: join(dir, 'images'),
        name,
        profile: 'mid-range',
        tools,
        acceptedKeys: [server.publicKey],
        ephemeral: true,
        logger: silentLogger,
        ...options,
      });
      return scope.own(phone, (started) => started.stop());
    },
    async reference() {
      const adbd = await fetchReference();
      const phone = await startReferencePhone({
        dir: join(dir, `reference-${++count}`),
        imageDir: join(dir, 'images'),
        tools,
        adbd,
      });
      return scope.own(phone, (started) => started.stop());
    },
    adb: (serial, ...args) => runAdb([adbProgram], server.port, join(dir, 'adb'), serial, args),
    async referenceAdb() {
      const root = join(await fetchReference(), 'root/usr/lib');
      const lib = join(root, 'x86_64-linux-gnu');
      const program = [
        join(lib, 'ld-linux-x86-64.so.2'),
        '--library-path',
        `${lib}:${join(lib, 'android')}`,
        join(root, 'android-sdk/platform-tools/adb'),
      ];
      return (serial, ...args) => runAdb(program, server.port, join(dir, 'adb'), serial, args);
    },
    async close() {
      await scope.close();
      let left: string[] = [];
      const none = async () => {
        left = await processesNaming(dir);
        return left.length === 0 || undefined;
      };
      // What was killed may need a moment to go.
      await poll(none, { everyMs: 50, timeoutMs: 10_000, what: 'the end of all processes' }).catch(() => {
        throw new Error(`left behind: ${left.join('; ')}`);
      });
      if ((await readdir(tmpdir())).includes(dir.split('/').at(-1) as string))
        throw new Error(`${dir} is left behind`);
    },
  };
}

async function runAdb(
  [program, ...before]: readonly string[],
  port: number,
  home: string,
  serial: string | undefined,
  args: string[],
) {
  const env = { PATH: process.env.PATH ?? '', HOME: home, ADB_USB: '0', ADB_MDNS: '0' };
  const all = [...before, '-P', String(port), ...(serial ? ['-s', serial] : []), ...args];
  try {
    const { stdout, stderr } = await run(program as string, all, {
      env,
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    if (typeof failed.code !== 'number') throw error;
    return { code: failed.code, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
  }
}

/** Processes whose command line, environment or root names the text (Linux). */
export async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const [line = '', cwd = ''] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => ''),
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
    ]);
    if (line.includes(text) || cwd.startsWith(text))
      found.push(`${pid} ${line.replaceAll('\0', ' ').slice(0, 100)}`);
  }
  return found;
}
