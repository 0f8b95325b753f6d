// DeviceTransport over an adb server. Every operation has its own connections, closed with it. The table of
// operations.ts says which library does what.

import { createReadStream } from 'node:fs';
import { stat as statFile } from 'node:fs/promises';
import { type Duplex, Readable, Writable } from 'node:stream';
import type { Client } from '@devicefarmer/adbkit';
import { Adb, type AdbBanner, AdbServerClient, AdbServerTransport } from '@yume-chan/adb';
import { AbhayaError, sleep, withTimeout } from '#base';
import { operation } from './operation.ts';
import type { AdbTransport, DeviceProcess, ShellOptions, ShellResult } from './port.ts';
import { OperationConnector, type ServerAddress } from './server-socket.ts';
import { openService, pushFile } from './sync-push.ts';

const SHELL_TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 4 * 1024 * 1024;
const OPEN_TIMEOUT_MS = 15_000;
const SETTLE_MS = 1_000;
const BROKEN = /closed|ended without|broke|reset|EPIPE|PrematureEOF|Premature end/i;

export interface TransportOptions {
  readonly address: ServerAddress;
  readonly adbSerial: string;
  readonly client: Client;
  /** From Tango's handshake with the server. */
  readonly banner: AdbBanner;
  readonly transportId: bigint;
  /** Resolves with the reason when the phone has gone. */
  readonly gone: Promise<string>;
}

export function createTransport(options: TransportOptions): AdbTransport {
  const { address, adbSerial, client, banner, transportId } = options;
  const closing = new AbortController();
  let lost: string | undefined;
  const disconnected = Promise.race([
    options.gone,
    new Promise<string>((resolve) =>
      closing.signal.addEventListener('abort', () => resolve('closed'), { once: true }),
    ),
  ]);
  void disconnected.then((reason) => {
    lost = reason;
    closing.abort();
  });

  const explain = (error: unknown): AbhayaError => {
    const message = error instanceof Error ? error.message : String(error);
    if (lost !== undefined)
      return new AbhayaError('device.lost', `${adbSerial} is gone: ${lost}`, { cause: error });
    if (/not found|offline/i.test(message)) return new AbhayaError('device.lost', message, { cause: error });
    return new AbhayaError('device.command-failed', `${adbSerial}: ${message}`, { cause: error });
  };
  /** An operation that also ends when the phone goes. */
  const run = <T>(
    what: string,
    limits: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined },
    work: (signal: AbortSignal) => Promise<T>,
    keep: { keepOpen?: boolean } = {},
  ): Promise<T> => {
    if (lost !== undefined) return Promise.reject(explain(new Error('gone')));
    const signal = limits.signal ? AbortSignal.any([limits.signal, closing.signal]) : closing.signal;
    return operation({ what, signal, timeoutMs: limits.timeoutMs }, explain, work, keep).catch(
      async (error) => {
        // An operation notices a break a moment before the list does.
        if (lost === undefined && BROKEN.test(String(error)))
          await Promise.race([disconnected, sleep(SETTLE_MS)]);
        throw lost !== undefined && !limits.signal?.aborted ? explain(error) : error;
      },
    );
  };
  const tango = (signal: AbortSignal): Adb => {
    const server = new AdbServerClient(new OperationConnector(address, signal));
    return new Adb(new AdbServerTransport(server, adbSerial, banner, transportId, new Promise(() => {})));
  };

  const transport: AdbTransport = {
    adbSerial,
    disconnected,
    async shell(command: string, shellOptions: ShellOptions = {}): Promise<ShellResult> {
      const { stdin, signal, timeoutMs = SHELL_TIMEOUT_MS, maxOutputBytes = MAX_OUTPUT } = shellOptions;
      return run(`"${command.slice(0, 60)}"`, { signal, timeoutMs }, async (own) => {
        const child = await startShell(tango(own), command);
        const collected = { bytes: 0 };
        const input = feed(child.stdin, stdin);
        const [stdout, stderr] = await Promise.all([
          collect(child.stdout, collected, maxOutputBytes),
          collect(child.stderr, collected, maxOutputBytes),
        ]);
        await input;
        return { exitCode: await child.exited, stdout, stderr };
      });
    },
    spawn: (command, { signal } = {}) =>
      run(
        'starting a command',
        { signal },
        async (own) => {
          const child = await withTimeout(
            startShell(tango(own), command),
            OPEN_TIMEOUT_MS,
            'starting a command',
          );
          return processOf(child);
        },
        { keepOpen: true },
      ),
    push: (source, remotePath, { mode = 0o644, signal, onProgress } = {}) =>
      run('push', { signal }, (own) => {
        const stream =
          typeof source === 'string' ? createReadStream(source, { highWaterMark: 256 * 1024 }) : source;
        return pushFile({ client, adbSerial, signal: own, source: stream, remotePath, mode, onProgress });
      }),
    pull: (remotePath, { signal } = {}) =>
      run(
        'pull',
        { signal },
        async (own) => {
          const sync = await withTimeout(tango(own).sync(), OPEN_TIMEOUT_MS, 'pull');
          const chunks = sync.read(remotePath);
          return Readable.from(
            closingAfter(chunks, () => sync.dispose()),
            { objectMode: false },
          );
        },
        { keepOpen: true },
      ),
    stat: (remotePath) =>
      run('stat', { timeoutMs: SHELL_TIMEOUT_MS }, async (own) => {
        const sync = await tango(own).sync();
        try {
          const { mode, size, mtime } = await sync.lstat(remotePath);
          // Without stat_v2, "no such file" is all zeros.
          return mode === 0 ? undefined : { mode, size: Number(size), mtimeMs: Number(mtime) * 1000 };
        } catch (error) {
          if (/ENOENT|No such file|not exist|ENOTDIR/i.test(String(error))) return undefined;
          throw error;
        }
      }),
    list: (remotePath) =>
      run('list', { timeoutMs: SHELL_TIMEOUT_MS }, async (own) => {
        const entries = [];
        for await (const { name, mode, size, mtime } of (await tango(own).sync()).opendir(remotePath)) {
          if (name !== '.' && name !== '..') {
            entries.push({ name, mode, size: Number(size), mtimeMs: Number(mtime) * 1000 });
          }
        }
        return entries;
      }),
    openTcp: (port, { signal } = {}) =>
      run(
        `opening port ${port}`,
        { signal, timeoutMs: OPEN_TIMEOUT_MS },
        async (own): Promise<Duplex> => (await openService(client, adbSerial, `tcp:${port}`, own)).socket,
        { keepOpen: true },
      ),
    addReverse: (devicePort, hostPort) =>
      run('reverse', { timeoutMs: SHELL_TIMEOUT_MS }, async (own) => {
        const answer = await tango(own).reverse.addExternal(`tcp:${devicePort}`, `tcp:${hostPort}`);
        return Number(/(\d+)$/.exec(answer)?.[1] ?? devicePort);
      }),
    removeReverse: (devicePort) =>
      run('removing a reverse', { timeoutMs: SHELL_TIMEOUT_MS }, (own) =>
        tango(own).reverse.remove(`tcp:${devicePort}`),
      ),
    async probe(timeoutMs) {
      try {
        const { stdout } = await transport.shell('echo alive', { timeoutMs });
        return stdout.trim() === 'alive';
      } catch {
        return false;
      }
    },
    install: (apkFile, { signal } = {}) =>
      run('install', { signal }, async (own) => {
        const { size } = await statFile(apkFile);
        const child = await tango(own).subprocess.noneProtocol.spawn(`cmd package install -S ${size}`);
        const output = collect(child.output, { bytes: 0 }, MAX_OUTPUT);
        const writer = child.stdin.getWriter();
        for await (const chunk of createReadStream(apkFile, { highWaterMark: 256 * 1024, signal: own })) {
          await writer.write(chunk as Buffer);
        }
        const said = (await output).trim();
        if (!/^Success\b/m.test(said))
          throw new AbhayaError('device.command-failed', `install: ${said || 'no answer'}`);
      }),
    async close() {
      closing.abort();
    },
  };
  return transport;
}

type ShellProcess = Awaited<ReturnType<NonNullable<Adb['subprocess']['shellProtocol']>['spawn']>>;

async function startShell(adb: Adb, command: string): Promise<ShellProcess> {
  const shell = adb.subprocess.shellProtocol;
  if (!shell?.isSupported)
    throw new AbhayaError('device.unsupported', 'the phone has no shell v2 (Android 7 or newer is needed)');
  const child = await shell.spawn(command);
  child.exited.catch(() => {}); // read by whoever waits for the exit code
  return child;
}

async function feed(stdin: ShellProcess['stdin'], input: string | Uint8Array | undefined): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (input !== undefined) await writer.write(typeof input === 'string' ? Buffer.from(input) : input);
    await writer.close();
  } catch {
    // The command ended without reading its input: its exit code says what that means.
  }
}

async function collect(
  from: AsyncIterable<Uint8Array>,
  total: { bytes: number },
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of from) {
    total.bytes += chunk.length;
    if (total.bytes > limit)
      throw new AbhayaError('device.command-failed', `the command wrote more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function processOf(child: ShellProcess): DeviceProcess {
  const writer = child.stdin.getWriter();
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => writer.write(chunk).then(() => done(), done),
    final: (done) =>
      writer.close().then(
        () => done(),
        () => done(),
      ),
  });
  stdin.on('error', () => {});
  return {
    stdin,
    stdout: Readable.from(child.stdout, { objectMode: false }),
    stderr: Readable.from(child.stderr, { objectMode: false }),
    exitCode: child.exited,
    kill: async () => {
      await child.kill();
    },
  };
}

async function* closingAfter(
  chunks: AsyncIterable<Uint8Array>,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    await close().catch(() => {});
  }
}
