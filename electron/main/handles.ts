// Handles for files and folders that a person chose: the window names them by a random word, never by path.

import { randomBytes } from 'node:crypto';
import { AbhayaError } from '#base';

export interface Handles {
  add(path: string): string;
  /** Throws `not-found` for a word that we didn't give out. */
  pathOf(handle: string): string;
}

/** Old ones are forgotten first. */
export function createHandles(most = 10_000): Handles {
  const paths = new Map<string, string>();
  return {
    add(path) {
      const handle = randomBytes(16).toString('hex');
      paths.set(handle, path);
      if (paths.size > most) {
        const [oldest] = paths.keys();
        if (oldest !== undefined) paths.delete(oldest);
      }
      return handle;
    },
    pathOf(handle) {
      const path = paths.get(handle);
      if (path === undefined)
        throw new AbhayaError('not-found', 'this file or folder is not known any more; choose it again');
      return path;
    },
  };
}
