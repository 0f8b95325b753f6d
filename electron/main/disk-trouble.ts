// What the disk says when a file can't be saved, for who chose the place. Pure.

import path from 'node:path';
import { AbhayaError } from '#base';

const reasons: Readonly<Record<string, string>> = {
  ...{ EACCES: 'it may not be written', EPERM: 'it may not be written', EROFS: 'it can only be read' },
  ...{ ENOSPC: 'the disk is full', EDQUOT: 'your part of the disk is full', EIO: 'the disk fails' },
  ...{ ENOENT: 'it is not there', ENOTDIR: 'it is no folder', EISDIR: 'there is a folder of that name' },
  ENAMETOOLONG: 'the name is too long',
};

/** Anything that is not the disk's is given back as it is. */
export function diskTrouble(file: string, error: unknown): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(reasons, code)) return error;
  const message = `nothing was saved in ${path.dirname(file)}: ${reasons[code]}; choose another place`;
  return new AbhayaError('input.invalid', message, { cause: error });
}
