// The attacks made on a phone: the hostile programs are pushed, run there by the phone's own Node.js against the launcher
// that its agent has, read along, and deleted.

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Type } from 'typebox';
import { AbhayaError, isErrorCode } from '#base';
import type { AdbTransport, DeviceProcess } from '#lab/adb';
import {
  describeFile,
  loadPayload,
  type PayloadFile,
  PHONE_ROOT,
  phoneLayout,
  pushFolder,
  shellQuote,
} from '#lab/fleet';
import type { AttackHow, AttackPlace, Counted } from '#lab/sandbox-lab';
import { jsonParserOf, SandboxAttackReport, SandboxAttackResult } from '#schemas';

export interface PhoneAttacksOptions {
  readonly serial: string;
  readonly dist: string;
  readonly transport: AdbTransport;
  readonly abi: string;
  readonly signal: AbortSignal;
}

/** Below PHONE_ROOT. */
const PROGRAMS = 'attacks/programs';
const IMAGE = 'python/attack';
const CLEAN_UP_MS = 30_000;
const ANSWER_MS = 10_000;
const LINE_MAX = 2_000_000;
const ERRORS_MAX = 4_096;

/** What the phone says, line by line; it is as hostile as everything that a phone says. */
const parseLine = jsonParserOf(
  Type.Union([
    Type.Object({ opened: Type.Object({ arch: Type.String(), kernel: Type.String() }) }),
    Type.Object({ result: SandboxAttackResult, done: Type.Integer(), of: Type.Integer() }),
    Type.Object({
      runtime: Type.String(),
      error: Type.Object({ code: Type.String(), message: Type.String({ maxLength: 10_000 }) }),
    }),
    SandboxAttackReport,
  ]),
  'what the attack on the phone says',
  { maxBytes: LINE_MAX, code: 'wire.malformed' },
);

/** Whoever opens it closes it. Throws `host.setup` where the programs are not built for its ABI, `agent.push-failed`. */
export async function openPhoneAttacks(options: PhoneAttacksOptions): Promise<AttackPlace> {
  const { serial, dist, transport, abi, signal } = options;
  const layout = phoneLayout(await loadPayload(dist, abi));
  const programs = path.join(dist, 'conformance', abi);
  const place: AttackPlace = {
    async attack(runtime, how) {
      try {
        return await attackOnPhone(transport, commandOf(layout, runtime, how), how);
      } catch (error) {
        // Whatever broke first: where the phone is gone, that is the reason.
        if (how.signal.aborted || (await answers(transport))) throw error;
        throw new AbhayaError('device.lost', `${serial} went away; attack anew when it runs again`, {
          cause: error,
        });
      }
    },
    async close() {
      const folders = ['attacks', IMAGE].map((folder) => shellQuote(`${PHONE_ROOT}/${folder}`)).join(' ');
      await transport.shell(`rm -rf ${folders}`, { timeoutMs: CLEAN_UP_MS });
    },
  };
  try {
    const [room, hash] = PROGRAMS.split('/') as [string, string];
    const files = [
      ...(await filesBelow(programs, 'set')),
      await describeFile(needed(dist, 'attacks.mjs'), 'attacks.mjs', 0o600),
    ];
    await pushFolder(transport, room, { hash, files }, { signal, onSent: () => undefined });
    const image = path.join(dist, 'python', abi, 'attack');
    if (layout.modules.python !== undefined && (await isFolder(image)))
      await pushFolder(
        transport,
        'python',
        { hash: 'attack', files: await filesBelow(image, '') },
        { signal, onSent: () => undefined },
      );
    return place;
  } catch (error) {
    await place.close().catch(() => undefined);
    throw error;
  }
}

const needed = (dist: string, name: string): string => path.join(dist, name);
const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (about) => about.isDirectory(),
    () => false,
  );

/** Below `into`, with the modes that they have here, as far as their owner is concerned. */
async function filesBelow(folder: string, into: string): Promise<PayloadFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new AbhayaError('host.setup', `${folder} is not there; type: npm run build`, { cause });
  });
  const files: PayloadFile[] = [];
  for (const entry of entries.filter((it) => it.isFile())) {
    const local = path.join(entry.parentPath, entry.name);
    const { mode } = await stat(local);
    const name = path.posix.join(into, path.relative(folder, local).split(path.sep).join('/'));
    files.push(await describeFile(local, name, mode & 0o700));
  }
  return files;
}

function commandOf(
  layout: ReturnType<typeof phoneLayout>,
  runtime: string,
  { names }: Pick<AttackHow, 'names'>,
): string {
  const q = shellQuote;
  const near = (file: string) => `./${path.posix.relative(PHONE_ROOT, file)}`;
  const folders: Readonly<Record<string, string | undefined>> = {
    ...{ nodejs: layout.runtimeDir, wasm: layout.runtimeDir },
    ...layout.modules,
  };
  const folder = folders[runtime];
  const args = [
    ...['--launcher', near(layout.launcher), '--programs', `./${PROGRAMS}/set`],
    ...['--runtime', runtime, '--follow'],
    ...(folder === undefined ? [] : ['--folder', `${runtime}=${near(folder)}`]),
    ...(names ?? []).flatMap((name) => ['--attack', name]),
  ];
  return [
    // Relative: a plain virtual phone has the folder elsewhere.
    `cd ${q(PHONE_ROOT)} && umask 077 && mkdir -p tmp && export HOME="$PWD" TMPDIR="$PWD/tmp"`,
    `set -- ${args.map(q).join(' ')}`,
    `j="\${ABHAYA_JVM:-/apex/jvm}/bin/java"; [ -x "$j" ] && set -- "$@" --tool "java=$j"`,
    `exec "\${ABHAYA_NODE:-${layout.node}}" ${q(`./${PROGRAMS}/attacks.mjs`)} "$@"`,
  ].join('\n');
}

const answers = (transport: AdbTransport): Promise<boolean> =>
  transport.shell('true', { timeoutMs: ANSWER_MS }).then(
    () => true,
    () => false,
  );

async function attackOnPhone(
  transport: AdbTransport,
  command: string,
  { signal, onOpen, onResult }: AttackHow,
): Promise<Counted> {
  const child = await transport.spawn(command, { signal });
  const onAbort = () => void child.kill().catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  const errors = firstOf(child.stderr);
  try {
    if (signal.aborted) onAbort();
    let report: Counted | undefined;
    for await (const text of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!text.trim()) continue;
      const line = parseLine(Buffer.from(text));
      if ('opened' in line) onOpen(line.opened);
      else if ('result' in line) onResult(line.result, line.done, line.of);
      else if ('error' in line) throw toError(line.error);
      else report = line;
    }
    const exitCode = await exitOf(child, signal);
    if (report) return report;
    const said = (await errors).trim().slice(0, 500);
    throw new AbhayaError(
      'device.command-failed',
      `the attack on the phone ended with ${exitCode}${said ? `: ${said}` : ''}`,
    );
  } catch (error) {
    if (signal.aborted) throw new AbhayaError('cancelled', 'cancelled', { cause: error });
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await child.kill().catch(() => undefined);
  }
}

const toError = ({ code, message }: { code: string; message: string }): AbhayaError =>
  new AbhayaError(isErrorCode(code) ? code : 'device.command-failed', message);

async function exitOf(child: DeviceProcess, signal: AbortSignal): Promise<number> {
  if (signal.aborted) throw new AbhayaError('cancelled', 'cancelled');
  return await child.exitCode;
}

/** All is read, or the command would never end; only the beginning is kept. */
async function firstOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) if (text.length < ERRORS_MAX) text += String(chunk);
  } catch {
    // The stream broke with the phone: what it had said is still worth telling.
  }
  return text.slice(0, ERRORS_MAX);
}
