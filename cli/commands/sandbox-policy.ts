// `abhaya sandbox policy`: what a runtime may ask of the kernel, read off the filter that is installed.

import type { SandboxRuntime } from '#agent/sandbox';
import { readPolicy, type SandboxPolicy } from '#lab/sandbox-lab';
import { loadToolchain } from '#lab/toolchain';
import type { CommandContext } from '../context.ts';
import { table } from '../print.ts';

export async function sandboxPolicy(
  { printer, signal }: CommandContext,
  options: { runtime: SandboxRuntime; flavour?: string },
): Promise<void> {
  const policy = await readPolicy(loadToolchain(), options.runtime, { flavour: options.flavour, signal });
  printer.result(policy, () => text(policy));
}

const sources = {
  process: 'Read off the filter in force in a live process, which is the one that the launcher builds.',
  launcher: 'Read off the filter that the launcher builds',
} as const;

function text(policy: SandboxPolicy): string {
  const { runtime, flavour, arch, allowed, reasons, checks, observed, errno, start, filter, source, why } =
    policy;
  const told = source === 'process' ? sources.process : `${sources.launcher}: ${why ?? ''}.`;
  const how = (name: string) =>
    observed.includes(name) ? 'shown to the launcher first' : (checks[name] ?? 'any arguments');
  return [
    `${runtime}${flavour === undefined ? '' : ` (${flavour})`} on ${arch}: ${allowed.length} calls reach the kernel, ${errno.length} are answered with an errno, every other`,
    'one ends the process, named in the report.',
    told,
    `${filter.instructions} instructions, followed in every way for every call number.`,
    '',
    table(
      ['allowed', 'when', 'why'],
      allowed.map((name) => [name, how(name), reasons[name] ?? '']),
    ),
    '',
    'Answered by the launcher, to which the filter shows them; the kernel does nothing, and each is counted:',
    '',
    table(
      ['errno', 'answer', 'why'],
      errno.map((it) => [it.name, it.errno, it.why]),
    ),
    ...(start === undefined
      ? []
      : [
          '',
          'Until the lock, before a byte of the service is read, the same filter shows these to the launcher, and they go on:',
          '',
          table(
            ['at start', 'answer', 'why'],
            start.map((it) => [it.name, it.errno || 'goes on', it.why]),
          ),
        ]),
  ].join('\n');
}
