// TypeScript for a runtime that takes JavaScript: Node's own way of taking the types out, here and not in the sandbox, where
// it would cost more memory than services have.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { AbhayaError } from '#base';

const MAX_BYTES = 16 * 1024 * 1024;

export const isTypeScript = (name: string): boolean => /\.[cm]?ts$/i.test(name);

/** Writes `to`. Throws `input.invalid` for what is no TypeScript, or longer than 16 MB. `name` is for the message. */
export async function stripTypes(from: string, to: string, name: string): Promise<void> {
  if ((await stat(from)).size > MAX_BYTES)
    throw new AbhayaError('input.invalid', `${name} is longer than 16 MB of TypeScript`);
  const source = await readFile(from, 'utf8');
  await writeFile(to, stripped(source, name), { mode: 0o600, flag: 'wx' });
}

function stripped(source: string, name: string): string {
  try {
    return silently(() => stripTypeScriptTypes(source));
  } catch (error) {
    // Enumerations and namespaces are code, whose lines can't all stay where they are.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
      throw refused(error, name);
  }
  try {
    return silently(() => stripTypeScriptTypes(source, { mode: 'transform' }));
  } catch (error) {
    throw refused(error, name);
  }
}

const refused = (cause: unknown, name: string): AbhayaError =>
  new AbhayaError('input.invalid', `${name} is no TypeScript: ${String((cause as Error).message).trim()}`, {
    cause,
  });

/** It says at its first use that it may change; which Node there is, is pinned. */
function silently<T>(act: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return act();
  } finally {
    process.emitWarning = emitWarning;
  }
}
