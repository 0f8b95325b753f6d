// Starts the agent on a phone, detached, so that it outlives the cable and the lab host.

import { posix } from 'node:path';
import { AbhayaError } from '#base';
import type { DeviceTransport } from '#lab/adb';
import { AgentRunFile, type AgentStartConfig, jsonParserOf } from '#schemas';
import { JVM_FLAGS } from './jvm-flags.ts';
import { PHONE_ROOT, type PhoneLayout, shellQuote } from './layout.ts';
import type { PhoneStatus } from './phone-status.ts';

const parseReady = jsonParserOf(AgentRunFile, "the agent's first line", {
  maxBytes: 4096,
  code: 'agent.push-failed',
});
const START_TIMEOUT_MS = 75_000;

/** Ends an agent of ours that is still there, starts the pushed one, and returns how to reach it. */
export async function startAgent(
  transport: DeviceTransport,
  layout: PhoneLayout,
  status: PhoneStatus,
  options: { bundleHash: string; proven?: readonly string[]; signal: AbortSignal },
): Promise<AgentRunFile> {
  const place = (name: string, folder: string) => [
    name,
    {
      folder: relative(folder),
      ...(options.proven?.includes(name) ? { proven: true } : {}),
    },
  ];
  const config: AgentStartConfig = {
    // Relative to the folder that the command below goes to: a plain virtual phone has it elsewhere.
    root: '.',
    bundleHash: options.bundleHash,
    abi: status.abi,
    supervisor: supervisorCommand(layout, status),
    launcher: relative(layout.launcher),
    // The same Node.js that runs the agent, in processes of its own that are locked before they get a service's code.
    runtimes: Object.fromEntries([
      place('nodejs', layout.runtimeDir),
      place('wasm', layout.runtimeDir),
      // Others are brought while it runs (fill-runtimes.ts).
      ...Object.entries(layout.modules)
        .filter(([name, folder]) => status.folders.includes(`${name}/${posix.basename(folder)}`))
        .map(([name, folder]) => place(name, folder)),
    ]),
    // As fit-payload.ts chooses.
    ...(status.art === undefined ? {} : { flavours: { jvm: 'art' } }),
  };
  const command =
    `cd ${shellQuote(PHONE_ROOT)} && umask 077 && mkdir -p run log data tmp && ` +
    'export HOME="$PWD" TMPDIR="$PWD/tmp" && ' +
    `exec "\${ABHAYA_NODE:-${layout.node}}" ${shellQuote(relative(layout.starter))}`;
  const { exitCode, stdout, stderr } = await transport.shell(command, {
    stdin: JSON.stringify(config),
    signal: options.signal,
    timeoutMs: START_TIMEOUT_MS,
  });
  if (exitCode !== 0) {
    throw new AbhayaError(
      'agent.push-failed',
      `the agent did not start: ${(stderr || stdout).trim().slice(0, 500)}`,
    );
  }
  return parseReady(stdout.trim());
}

/** `./agent/…`: the starter makes it absolute. */
const relative = (file: string): string => `./${posix.relative(PHONE_ROOT, file)}`;

/**
 * ART where the phone has it, a JVM where it doesn't: what is there decides, no version and no model. Without both the
 * agent runs and says that it can't sandbox.
 */
function supervisorCommand(layout: PhoneLayout, { art, jvm }: PhoneStatus): string[] {
  // As the phone's own commands (am, pm) start: class path, folder, class. A dex file needs no installation.
  if (art)
    return [art, `-Djava.class.path=${relative(layout.supervisorDex)}`, '/', 'org.abhaya.supervisor.Main'];
  return jvm ? [jvm, ...JVM_FLAGS, '-jar', relative(layout.supervisorJar)] : [];
}
