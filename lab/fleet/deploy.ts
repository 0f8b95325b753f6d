// Brings a phone's folders up to date: pushed under a temporary name, verified on the phone, renamed in one step.

import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { AbhayaError } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { PHONE_ROOT, shellQuote } from './layout.ts';
import { type Payload, type PayloadFolder, payloadFolders } from './payload.ts';
import type { PhoneStatus } from './phone-status.ts';

export interface DeployProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface DeployResult {
  /** Bytes that had to be pushed: 0 on a phone that had everything. */
  readonly pushedBytes: number;
}

/** Leaves the phone with every folder complete, or as it was. Throws `agent.push-failed`. */
export async function deploy(
  transport: DeviceTransport,
  status: PhoneStatus,
  payload: Payload,
  options: { signal: AbortSignal; onProgress?: (progress: DeployProgress) => void },
): Promise<DeployResult> {
  const wanted = payloadFolders(payload).filter(
    ([room, { hash }]) => !status.folders.includes(`${room}/${hash}`),
  );
  const totalBytes = wanted.reduce((sum, [, folder]) => sum + bytesOf(folder), 0);
  let sentBytes = 0;
  for (const [room, folder] of wanted) {
    await pushFolder(transport, room, folder, {
      signal: options.signal,
      onSent: (bytes) => {
        sentBytes += bytes;
        options.onProgress?.({ sentBytes, totalBytes });
      },
    });
  }
  return { pushedBytes: totalBytes };
}

const bytesOf = (folder: PayloadFolder): number => folder.files.reduce((sum, file) => sum + file.bytes, 0);

async function pushFolder(
  transport: DeviceTransport,
  room: string,
  folder: PayloadFolder,
  options: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<void> {
  const { signal } = options;
  const place = posix.join(PHONE_ROOT, room, folder.hash);
  const aside = posix.join(PHONE_ROOT, room, `.push-${randomBytes(6).toString('hex')}`);
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
    for (const file of folder.files) {
      await transport.push(file.local, posix.join(aside, file.path), { mode: file.mode, signal });
      options.onSent(file.bytes);
    }
    // Modes are set, as sync may mask them; what arrived is compared with what was sent before it gets its name.
    const modes = folder.files.map((file) => `chmod ${file.mode.toString(8)} ${q(file.path)}`).join(' && ');
    const sums = `sha256sum ${folder.files.map((file) => q(file.path)).join(' ')}`;
    verifySums(folder, await run('verifying', `cd ${q(aside)} && ${modes} && ${sums}`));
    await run(
      'renaming',
      `rm -rf ${q(place)} && : > ${q(`${aside}/.complete`)} && mv ${q(aside)} ${q(place)}`,
    );
  } catch (error) {
    if (!signal.aborted)
      await transport.shell(`rm -rf ${q(aside)}`, { timeoutMs: 5_000 }).catch(() => undefined);
    throw error;
  }
}

function verifySums(folder: PayloadFolder, output: string): void {
  const sums = new Map(
    output.split(/\r?\n/).map((line) => {
      const [sum = '', ...name] = line.trim().split(/\s+[* ]?/);
      return [name.join(' '), sum] as const;
    }),
  );
  for (const file of folder.files) {
    if (sums.get(file.path) !== file.sha256) {
      throw new AbhayaError('agent.push-failed', `${file.path} did not arrive as it was sent`);
    }
  }
}
