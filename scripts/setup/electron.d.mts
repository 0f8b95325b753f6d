import type { SetupContext } from './context.mjs';

export function electronCommand(
  context: SetupContext,
  env?: NodeJS.ProcessEnv,
): { readonly command: string; readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv };
