// The machine as a phone: adb reaches it on a loopback port, and whatever is done to a phone is done to it, an agent on the
// phones' own Node.js and a supervisor on a JVM included. Owns the machine.

import { join } from 'node:path';
import { Type } from 'typebox';
import { AbhayaError, systemRandom } from '#base';
import { freePort } from '#lab/adb';
import { jsonParserOf } from '#schemas';
import { file } from './cpio.ts';
import { initialRoot, placed } from './initial-root.ts';
import { startMachine } from './machine.ts';
import type { MachineFiles } from './machine-files.ts';

const ADB_PORT = 5555;
/** What a phone needs to be offered tasks, and Node.js. Taken from this machine only as it is written to. */
const DISK_MB = 8 * 1024;

const Ready = Type.Object(
  {
    kind: Type.Literal('ready'),
    serial: Type.String({ maxLength: 64 }),
    isolation: Type.Union([Type.Literal('namespaces'), Type.Literal('plain')]),
    why: Type.String({ maxLength: 1_000 }),
  },
  { additionalProperties: false },
);
const parseReady = jsonParserOf(Ready, 'a line of the arm64 phone', { maxBytes: 10_000 });

export interface PhoneMachine {
  /** `127.0.0.1:port`: what adb connects to. */
  readonly address: string;
  /** The phone's own number. */
  readonly serial: string;
  readonly isolation: 'namespaces' | 'plain';
  readonly pid: number;
  /** As the machine's. */
  readonly ended: Promise<{ readonly console: string }>;
  close(): Promise<void>;
}

export interface PhoneMachineOptions {
  readonly files: MachineFiles;
  /** What the build made. */
  readonly dist: string;
  readonly memoryMb?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves when adb can connect. Throws what `startMachine` and its `ended` throw. */
export async function startPhoneMachine(options: PhoneMachineOptions): Promise<PhoneMachine> {
  const { files, dist, memoryMb = 3_072, signal } = options;
  const native = join(dist, 'native/arm64-v8a');
  // QEMU can't say which port it has taken.
  const port = await freePort(systemRandom);
  const ready = Promise.withResolvers<ReturnType<typeof parseReady>>();
  const machine = await startMachine({
    files,
    root: initialRoot(
      files,
      [`${files.runtimeRoot}/bin/node`, '/machine/phone.mjs'],
      [
        ...placed([
          { from: join(dist, 'arm64-phone.mjs'), to: 'machine/phone.mjs' },
          { from: join(dist, 'virtual-phone.mjs'), to: 'machine/virtual-phone.mjs' },
          { from: join(native, 'phone-init'), to: 'machine/phone-init' },
          { from: join(native, 'phone-call'), to: 'machine/phone-call' },
          ...files.jvm.map(({ from, to }) => ({ from, to: `opt/jvm/${to}` })),
        ]),
        // Says that all of it is there, as after a push.
        file(`${files.runtimeRoot.slice(1)}/.complete`, ''),
      ],
    ),
    memoryMb,
    processors: 2,
    diskMb: DISK_MB,
    forwards: [{ port, guest: ADB_PORT }],
    onLine: (line) => ready.resolve(parseReady(line)),
    signal,
  });
  const early = machine.ended.then(({ console }) =>
    Promise.reject(
      new AbhayaError('device.lost', `the arm64 phone did not start:\n${console.slice(-1_000)}`),
    ),
  );
  const { serial, isolation } = await Promise.race([ready.promise, early]);
  early.catch(() => {});
  const { pid, ended } = machine;
  return { address: `127.0.0.1:${port}`, serial, isolation, pid, ended, close: () => machine.close() };
}
