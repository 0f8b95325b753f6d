// Ends the agent of a phone, and deletes what of ours lies there: one shell command, whatever state the phone is in.

import { AbhayaError } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { PHONE_ROOT, shellQuote } from './layout.ts';

const TIMEOUT_MS = 30_000;
/** As many tenths of a second as an agent gets to end in order. */
const PATIENCE = 40;

/** Throws `device.command-failed` when the agent doesn't end, or something can't be deleted. */
export async function takeAgentAway(
  transport: DeviceTransport,
  options: { readonly remove: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { exitCode, stdout, stderr } = await transport.shell(takeAwayCommand(options), {
    signal: options.signal,
    timeoutMs: TIMEOUT_MS,
  });
  if (exitCode === 0) return;
  const said = `${stdout}${stderr}`.trim().slice(0, 500);
  throw new AbhayaError('device.command-failed', said || `the phone's shell ended with ${exitCode}`);
}

/** A pid that is no agent of ours (it was used again) is left alone. */
export function takeAwayCommand({ remove }: { readonly remove: boolean }): string {
  const root = shellQuote(PHONE_ROOT);
  return [
    `cd ${root} 2>/dev/null || exit 0`,
    `p=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' run/agent.json 2>/dev/null)`,
    `ours() { [ -n "$p" ] && grep -q '/agent\\.mjs' "/proc/$p/cmdline" 2>/dev/null; }`,
    'ours && kill "$p"',
    `n=0; while ours && [ $n -lt ${PATIENCE} ]; do sleep 0.1; n=$((n+1)); done`,
    'ours && kill -9 "$p" && sleep 0.2',
    'ours && { echo "the agent does not end"; exit 1; }',
    ...(remove ? [`cd / && rm -rf ${root} && [ ! -e ${root} ]`] : ['rm -f run/agent.json']),
  ].join('\n');
}
