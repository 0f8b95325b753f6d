// The sandbox of a phone with our APK: its supervisor runs in an isolated process of Android, which can open no file, so
// jobs bring theirs along. The way there are two commands of Android's, joined (android-shim/apk/README.md).

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Logger, throwIfAborted, toErrorShape } from '#base';
import { isDirectRuntime, type SandboxPlaces, type SandboxRuntime } from '#schemas';
import type { Sandbox } from './port.ts';
import { type SandboxOptions, startSandbox } from './start-sandbox.ts';

export const SHIM_PACKAGE = 'org.abhaya.shim';
const LOOK_MS = 10_000;
/** It is there at once, or not at all; the other way waits behind it. */
const HELLO_MS = 30_000;

/** Where the first command fails, nobody would come to the second one's end of the meeting. */
const JOIN = `exec 3<&0
content read --uri "$1/out" 3<&- </dev/null & reader=$!
content write --uri "$1/in" <&3 >&2 3<&- || kill "$reader"
exec 3<&-
wait "$reader"`;

/** `name` is new each time: both commands meet by it. */
export const shimCommand = (name: string): [string, ...string[]] => [
  'sh',
  '-c',
  JOIN,
  'abhaya-shim',
  `content://${SHIM_PACKAGE}/${name}`,
];

const NO_FOLDER = 'its folder can’t be opened from the isolated process that the APK runs services in';

export interface ShimWay {
  /** Undefined where the APK is not installed, or can't sandbox; then it is not asked again. Throws `cancelled`. */
  open(
    options: Omit<SandboxOptions, 'command' | 'signal' | 'group'>,
    signal: AbortSignal | undefined,
  ): Promise<Sandbox | undefined>;
}

export function createShimWay(logger: Logger): ShimWay {
  let refused = false;
  return {
    async open(options, signal) {
      if (refused || !(await isInstalled(signal))) return undefined;
      try {
        const sandbox = await openShim(options, signal);
        if (sandbox.capabilities.runtimes.length > 0) return sandbox;
        logger.warn('the APK can not sandbox', { why: sandbox.capabilities.unavailable });
        await sandbox.close();
      } catch (error) {
        throwIfAborted(signal);
        logger.warn('the APK does not answer', { why: toErrorShape(error).message });
      }
      refused = true;
      return undefined;
    },
  };
}

async function isInstalled(signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const how = { timeout: LOOK_MS, maxBuffer: 65_536, ...(signal ? { signal } : {}) };
    const { stdout } = await promisify(execFile)('pm', ['path', SHIM_PACKAGE], how);
    return stdout.startsWith('package:');
  } catch {
    throwIfAborted(signal);
    return false; // no such package, or no Android
  }
}

async function openShim(
  { runtimes, limits, ...rest }: Omit<SandboxOptions, 'command' | 'signal' | 'group'>,
  signal: AbortSignal | undefined,
): Promise<Sandbox> {
  const sandbox = await startSandbox({
    ...rest,
    command: shimCommand(randomBytes(16).toString('hex')),
    group: true,
    startMs: HELLO_MS,
    // Two services of the largest size that the device takes, in bytes of their files.
    limits: { ...limits, maxCarriedBytes: 2 * limits.maxMemoryBytes },
    runtimes: runtimes?.native ? { native: runtimes.native } : {},
    signal,
  });
  const { capabilities } = sandbox;
  return {
    ...sandbox,
    capabilities: { ...capabilities, lacks: { ...lacksOf(runtimes), ...capabilities.lacks } },
  };
}

const lacksOf = (places: SandboxPlaces | undefined): Partial<Record<SandboxRuntime, string>> =>
  Object.fromEntries(
    Object.keys(places ?? {})
      .filter((name) => !isDirectRuntime(name))
      .map((name) => [name, NO_FOLDER]),
  );
