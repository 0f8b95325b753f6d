// A whole arm64 machine in QEMU: Debian's kernel, a root of ours in memory. What its program prints comes line by line.
// Owns the QEMU process, which is gone when `ended` has settled.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbhayaError, isAbhayaError, throwIfAborted } from '#base';
import { linesOf } from '#lab/virtual-phone';
import { type CpioEntry, cpioParts } from './cpio.ts';
import type { MachineFiles } from './machine-files.ts';
import { type Patience, watch } from './watchdog.ts';

const LINE_MAX = 1024 * 1024;
const CONSOLE_KEPT = 4_000;
/** Ends a program with its parent, however that ends; of util-linux, which every Debian has. */
const setpriv = '/usr/bin/setpriv';

export interface MachineOptions {
  readonly files: MachineFiles;
  readonly root: readonly CpioEntry[];
  readonly memoryMb: number;
  readonly processors: number;
  readonly onLine: (line: string) => void;
  /** A longer one ends the machine. */
  readonly lineBytes?: number;
  /** An empty disk of this size, `/dev/vda` there; what is written is gone with the machine. */
  readonly diskMb?: number;
  /** Ports of the guest that are reached from here, on the loopback. */
  readonly forwards?: readonly { readonly port: number; readonly guest: number }[];
  /** Absent: it may run, and be silent, for ever. */
  readonly patience?: Patience | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Machine {
  readonly pid: number;
  /**
   * Resolves when the machine has been switched off, by its program's end or by `close`. Rejects with `cancelled`, with
   * `device.lost` where QEMU ended otherwise, with `timeout` (details: the console) where it was silent or went on for too
   * long, with `wire.too-large`, or with what `onLine` threw.
   */
  readonly ended: Promise<{ readonly console: string }>;
  /** Switches it off; harmless when it is. */
  close(): Promise<void>;
}

/** Resolves when QEMU runs. Throws `cancelled`, or `host.setup` where it can't be started. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  throwIfAborted(options.signal);
  const own = nameless(options);
  try {
    return running(await started(options, own), own, options);
  } catch (error) {
    own.close();
    throw error;
  }
}

/** Files without a name, which are gone when the last process that has them open is, however it ended. */
interface Nameless {
  readonly archive: number;
  readonly console: number;
  readonly disk: number;
  close(): void;
}

function nameless({ root, diskMb = 0 }: MachineOptions): Nameless {
  const folder = mkdtempSync(join(tmpdir(), 'abhaya-arm64-'));
  const open: number[] = [];
  const close = () => {
    for (let fd = open.pop(); fd !== undefined; fd = open.pop()) closeSync(fd);
  };
  try {
    const [archive = -1, console = -1, disk = -1] = ['root.cpio', 'console', 'disk'].map((name) => {
      const fd = openSync(join(folder, name), 'wx+', 0o600);
      open.push(fd);
      return fd;
    });
    for (const part of cpioParts(root)) {
      for (let rest = part; rest.length > 0; ) rest = rest.subarray(writeSync(archive, rest));
    }
    ftruncateSync(disk, diskMb * 1024 * 1024);
    return { archive, console, disk, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * `panic=-1` with `-no-reboot`: a machine that can't go on ends at once. `ramfs`: in a tmpfs a program's pages would count
 * as shared memory, which they don't on a phone's disk.
 */
const kernelArguments =
  'console=ttyAMA0 loglevel=4 panic=-1 rdinit=/init rootfstype=ramfs mitigations=off random.trust_cpu=on';

/** The guest sees no display, a disk only where one is wanted, and a network only where a port is forwarded. */
function argumentsOf({ files, memoryMb, processors, forwards = [], diskMb = 0 }: MachineOptions): string[] {
  const rules = forwards.map(({ port, guest }) => `hostfwd=tcp:127.0.0.1:${port}-:${guest}`);
  return [
    // No pointer authentication: it is slow in emulation, and most phones have none.
    ...['-machine', 'virt', '-cpu', 'max,pauth=off', '-accel', 'tcg,thread=multi'],
    ...['-smp', String(processors), '-m', String(memoryMb), '-nodefaults', '-no-user-config'],
    ...['-display', 'none', '-no-reboot', '-kernel', files.kernel, '-initrd', '/proc/self/fd/3'],
    ...['-append', kernelArguments],
    ...['-chardev', 'file,id=console,path=/proc/self/fd/4', '-serial', 'chardev:console'],
    ...['-chardev', 'stdio,id=report,signal=off', '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=report,name=report'],
    ...(diskMb === 0
      ? []
      : [
          ...['-drive', 'if=none,id=disk,format=raw,cache=unsafe,file=/proc/self/fd/5'],
          ...['-device', 'virtio-blk-pci,drive=disk'],
        ]),
    ...(rules.length === 0
      ? []
      : [
          ...['-netdev', ['user', 'id=net', 'restrict=on', ...rules].join(',')],
          ...['-device', 'virtio-net-pci,netdev=net,romfile='],
        ]),
  ];
}

async function started(options: MachineOptions, own: Nameless): Promise<ChildProcess> {
  const command = [options.files.qemu, ...argumentsOf(options)];
  const [program = '', ...args] = existsSync(setpriv)
    ? [setpriv, '--pdeathsig=KILL', '--', ...command]
    : command;
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe', own.archive, own.console, own.disk],
    env: { PATH: process.env.PATH },
  });
  child.stdin?.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new AbhayaError('host.setup', `QEMU can't be started: ${cause.message}`, { cause })),
    );
  });
  return child;
}

function running(child: ChildProcess, own: Nameless, options: MachineOptions): Machine {
  let failure: unknown;
  let closing = false;
  let words = '';
  const end = (error?: unknown) => {
    failure ??= error;
    child.kill('SIGKILL');
  };
  const onAbort = () => end(new AbhayaError('cancelled', 'cancelled', { cause: options.signal?.reason }));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-CONSOLE_KEPT);
  });
  const closed = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing')),
  );
  const watchdog = options.patience && watch('the machine', options.patience, end);
  const read = async () => {
    if (!child.stdout) return;
    for await (const line of linesOf(child.stdout, options.lineBytes ?? LINE_MAX)) {
      watchdog?.heard();
      options.onLine(line);
    }
  };
  const finish = async () => {
    // The input stays open until the end: QEMU takes its closing for that of the port.
    await read().catch(end);
    const how = await closed;
    watchdog?.close();
    options.signal?.removeEventListener('abort', onAbort);
    const console = lastOf(own.console);
    own.close();
    if (isAbhayaError(failure) && failure.code === 'timeout')
      throw new AbhayaError('timeout', failure.message, { details: { console } });
    if (failure !== undefined) throw failure;
    if (how !== 0 && !closing)
      throw new AbhayaError('device.lost', `QEMU ended with ${how}: ${words.trim()}`, {
        details: { console },
      });
    return { console };
  };
  const ended = finish();
  ended.catch(() => {}); // whoever waits for it is told
  return {
    pid: child.pid ?? -1,
    ended,
    async close() {
      closing = true;
      end();
      await ended.catch(() => {});
    },
  };
}

function lastOf(fd: number): string {
  const size = fstatSync(fd).size;
  const bytes = Buffer.alloc(Math.min(size, CONSOLE_KEPT));
  readSync(fd, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString().replaceAll('\r', '');
}
