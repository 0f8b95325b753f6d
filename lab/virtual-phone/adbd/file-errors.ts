// File errors as adbd reports them.

import { constants as os } from 'node:os';

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'EIO';
export const errnoOf = (error: unknown): number =>
  (os.errno as Record<string, number>)[codeOf(error)] ?? os.errno.EIO;

const messages: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many symbolic links encountered',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
};

/** The C library's sentence for an error, as adbd reports it. */
export const messageOf = (error: unknown): string => messages[codeOf(error)] ?? codeOf(error);
