// Brings a phone's folders up to date: pushed under a temporary name, verified on the phone, renamed in one step. What was
// pushed of a folder before a break stays aside, and is not pushed again.

import { posix } from 'node:path';
import { AbhayaError, isAbhayaError } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { PHONE_ROOT, shellQuote } from './layout.ts';
import type { Payload, PayloadFolder } from './payload.ts';
import type { PhoneStatus } from './phone-status.ts';

export interface DeployProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface DeployResult {
  /** Bytes that had to be pushed: 0 on a phone that had everything. */
  readonly pushedBytes: number;
}

/** What an agent can't be without. Leaves the phone with both folders complete, or as it was. Throws `agent.push-failed`. */
export async function deploy(
  transport: DeviceTransport,
  status: PhoneStatus,
  payload: Payload,
  options: { signal: AbortSignal; onProgress?: (progress: DeployProgress) => void },
): Promise<DeployResult> {
  const wanted = (['runtime', 'agent'] as const).filter(
    (room) => !status.folders.includes(`${room}/${payload[room].hash}`),
  );
  const totalBytes = wanted.reduce((sum, room) => sum + bytesOf(payload[room]), 0);
  let before = 0;
  for (const room of wanted) {
    await pushFolder(transport, room, payload[room], {
      signal: options.signal,
      onSent: (sent) => options.onProgress?.({ sentBytes: before + sent, totalBytes }),
    });
    before += bytesOf(payload[room]);
  }
  return { pushedBytes: totalBytes };
}

export const bytesOf = (folder: PayloadFolder): number =>
  folder.files.reduce((sum, file) => sum + file.bytes, 0);

/** Of what only a user's choice brings; Node.js is the agent's own, a JVM goes everywhere. */
export const optionalBytesOf = ({ modules: { python } }: Payload): number => (python ? bytesOf(python) : 0);

/** `onSent` hears how many bytes of the folder are there. Throws `agent.push-failed`. */
export async function pushFolder(
  transport: DeviceTransport,
  room: string,
  folder: PayloadFolder,
  options: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<void> {
  const { signal, onSent } = options;
  const place = posix.join(PHONE_ROOT, room, folder.hash);
  const aside = posix.join(PHONE_ROOT, room, `.push-${folder.hash}`);
  const q = shellQuote;
  const dirs = [...new Set(folder.files.map((file) => posix.dirname(posix.join(aside, file.path))))];
  const run = async (what: string, command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await transport.shell(command, { signal });
    if (exitCode !== 0) {
      const said = `${stdout}${stderr}`.trim().slice(0, 500);
      throw new AbhayaError(
        'agent.push-failed',
        `${what} failed on the phone: ${said || `exit code ${exitCode}`}`,
      );
    }
    return stdout;
  };
  try {
    await run('making folders', `umask 077; mkdir -p ${dirs.map(q).join(' ')}`);
    const sumsOf = `sha256sum ${folder.files.map((file) => q(file.path)).join(' ')}`;
    const there = parseSums(await run('looking', `cd ${q(aside)} && { ${sumsOf} 2>/dev/null || :; }`));
    let sent = 0;
    for (const file of folder.files) {
      if (there.get(file.path) !== file.sha256)
        await transport.push(file.local, posix.join(aside, file.path), {
          ...{ mode: file.mode, signal },
          onProgress: (bytes) => onSent(sent + bytes),
        });
      sent += file.bytes;
      onSent(sent);
    }
    // Modes are set, as sync may mask them; what arrived is compared with what was sent before it gets its name.
    const modes = folder.files.map((file) => `chmod ${file.mode.toString(8)} ${q(file.path)}`).join(' && ');
    verifySums(folder, parseSums(await run('verifying', `cd ${q(aside)} && ${modes} && ${sumsOf}`)));
    await run(
      'renaming',
      `rm -rf ${q(place)} && : > ${q(`${aside}/.complete`)} && mv ${q(aside)} ${q(place)}`,
    );
  } catch (error) {
    // A phone that is there and refuses (no room, say) gets its room back; after a break the next push goes on.
    if (!signal.aborted && !isAbhayaError(error, 'device.lost'))
      await transport.shell(`rm -rf ${q(aside)}`, { timeoutMs: 5_000 }).catch(() => undefined);
    throw error;
  }
}

function parseSums(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split(/\r?\n/).map((line) => {
      const [sum = '', ...name] = line.trim().split(/\s+[* ]?/);
      return [name.join(' '), sum] as const;
    }),
  );
}

function verifySums(folder: PayloadFolder, sums: ReadonlyMap<string, string>): void {
  for (const file of folder.files) {
    if (sums.get(file.path) !== file.sha256) {
      throw new AbhayaError('agent.push-failed', `${file.path} did not arrive as it was sent`);
    }
  }
}
