// A runtime as people call it: by its own name, or by a language whose programs it runs.

import { InvalidArgumentError, Option } from 'commander';
import { type SandboxRuntime, sandboxRuntimes } from '#schemas';

const otherNames: ReadonlyMap<string, SandboxRuntime> = new Map(
  Object.entries({
    ...{ c: 'native', 'c++': 'native', cpp: 'native', rust: 'native', elf: 'native' },
    ...{ javascript: 'nodejs', js: 'nodejs', typescript: 'nodejs', ts: 'nodejs', node: 'nodejs' },
    ...{ webassembly: 'wasm', wasi: 'wasm', java: 'jvm', kotlin: 'jvm', py: 'python', golang: 'go' },
  } as const),
);

/** Throws commander's InvalidArgumentError for a name that is none. */
export function runtimeNamed(name: string): SandboxRuntime {
  const asked = name.toLowerCase();
  const runtime = sandboxRuntimes.find((one) => one === asked) ?? otherNames.get(asked);
  if (runtime === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${sandboxRuntimes.join(', ')}.`);
  return runtime;
}

export const runtimeOption = (what: string): Option =>
  new Option('--runtime <name>', `${what} (${sandboxRuntimes.join(', ')}, or a language)`).argParser(
    runtimeNamed,
  );

export const collectRuntime = (value: string, before: SandboxRuntime[] = []): SandboxRuntime[] => [
  ...before,
  runtimeNamed(value),
];
