// Rules for the names of ZIP entries (spec 01, last paragraph of Package). Pure.

import { AbhayaError, type ErrorCode } from '#base';

/** The entry's path, or the coded refusal of it. Names are raw bytes: nothing has decoded or mended them. */
export function entryName(raw: Uint8Array): string {
  // Latin-1 maps bytes one to one, so that messages can show a hostile name without decoding it.
  const shown = JSON.stringify(Buffer.from(raw.subarray(0, 120)).toString('latin1'));
  const refuse = (code: ErrorCode, why: string) =>
    new AbhayaError(code, `the package has an entry ${shown}: ${why}`);
  if (raw.length === 0 || raw.length > 240) throw refuse('package.bad-name', 'names have 1 to 240 bytes');
  if (raw.some((byte) => byte < 0x20 || byte === 0x7f))
    throw refuse('package.bad-name', 'control characters are not allowed');
  if (raw.includes(0x5c)) throw refuse('package.backslash', 'backslashes are not allowed');
  const name = Buffer.from(raw).toString('latin1');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name))
    throw refuse('package.absolute-path', 'absolute paths are not allowed');
  const parts = name.split('/');
  if (parts.at(-1) === '') throw refuse('package.undeclared-file', 'folders are not entries of a package');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw refuse('package.traversal', 'it leads out of its folder');
  if (raw.some((byte) => byte > 0x7e)) throw refuse('package.bad-name', 'names are ASCII');
  return name;
}

/** Refuses names that stand twice, differ in case only, or are both a file and a folder. */
export function assertDistinct(names: readonly string[]): void {
  const exact = new Set<string>();
  const folded = new Map<string, string>();
  for (const name of names) {
    if (exact.has(name)) throw new AbhayaError('package.duplicate', `the package has ${name} twice`);
    exact.add(name);
    const other = folded.get(name.toLowerCase());
    if (other !== undefined)
      throw new AbhayaError(
        'package.case-clash',
        `${other} and ${name} are one file where case doesn't count`,
      );
    folded.set(name.toLowerCase(), name);
  }
  for (const name of names) {
    const parts = name.toLowerCase().split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      const file = folded.get(folder);
      if (file === undefined) continue;
      const code = name.startsWith(`${file}/`) ? 'package.duplicate' : 'package.case-clash';
      throw new AbhayaError(code, `${file} is a file and a folder`);
    }
  }
}
