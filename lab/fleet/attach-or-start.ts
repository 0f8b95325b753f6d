// From what a phone says of itself to an agent that we are attached to: the one that runs, or one that is started.

import { AbhayaError, type Logger } from '#base';
import type { DeviceTransport } from '#lab/adb';
import type { AgentRunFile } from '#schemas';
import { type AgentClient, attachAgent } from './agent-client.ts';
import { startAgent } from './agent-starter.ts';
import { phoneLayout } from './layout.ts';
import { bundleHashOf, type Payload } from './payload.ts';
import { type PhoneStatus, parseStatus, statusCommand } from './phone-status.ts';

/** Throws `device.command-failed`. */
export async function lookAt(transport: DeviceTransport, signal: AbortSignal): Promise<PhoneStatus> {
  const { exitCode, stdout, stderr } = await transport.shell(statusCommand(), { signal });
  if (exitCode !== 0)
    throw new AbhayaError('device.command-failed', `the phone does not answer: ${stderr.slice(0, 300)}`);
  return parseStatus(stdout);
}

/** The payload's agent must be there. Throws what starting and attaching do. */
export async function attachOrStart(
  transport: DeviceTransport,
  status: PhoneStatus,
  payload: Payload,
  options: {
    /** Runtimes whose canaries needn't run again, with this bundle. */
    provenWith?: (bundleHash: string) => readonly string[];
    logger: Logger;
    signal: AbortSignal;
  },
): Promise<AgentClient> {
  const { logger, signal } = options;
  const bundleHash = bundleHashOf(payload);
  const layout = phoneLayout(payload);
  const attach = (running: AgentRunFile) => attachAgent(transport, layout, running, { logger, signal });
  if (status.running?.bundleHash === bundleHash) {
    try {
      return await attach(status.running);
    } catch (error) {
      if (signal.aborted) throw error;
      logger.info('the agent of the run file does not answer: starting one', { error });
    }
  }
  const proven = options.provenWith?.(bundleHash) ?? [];
  return attach(await startAgent(transport, layout, status, { bundleHash, proven, signal }));
}
