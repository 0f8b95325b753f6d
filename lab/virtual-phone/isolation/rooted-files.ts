// Files of a phone as seen from outside, without ever leaving the phone's root: whatever links a hostile program
// inside makes or swaps meanwhile. Each component is opened by itself, without following links, relative to the
// descriptor of its folder (/proc/self/fd/N/name is Node's openat).

import { closeSync, constants, fchownSync, lstatSync, mkdirSync, openSync, readlinkSync } from 'node:fs';

const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const MAX_LINKS = 40;
const MAX_DEPTH = 256;

export class FileError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A folder held open, and a name in it that is no link (or that was asked not to be followed). */
export interface Place {
  /** `/proc/self/fd/N/name`: good until close(). */
  readonly path: string;
  close(): void;
}

export interface PlaceOptions {
  /** Follow a link in the last component. */
  readonly follow?: boolean;
  /** Make missing folders on the way, with this mode and owner. */
  readonly makeFolders?: { readonly mode: number; readonly owner: { uid: number; gid: number } | undefined };
}

export class RootedFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Finds the place of an absolute or relative (to `/`) path. Throws FileError or Node's errors with a code. */
  place(path: string, options: PlaceOptions = {}): Place {
    const fds = [openSync(this.#root, O_PATH | constants.O_DIRECTORY)];
    const top = (): number => fds.at(-1) as number;
    let links = 0;
    const pending = split(path);
    const closeAll = () => {
      for (const fd of fds.splice(0)) closeSync(fd);
    };
    try {
      for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
        if (name === '..') {
          if (fds.length > 1) closeSync(fds.pop() as number);
          continue;
        }
        const at = `/proc/self/fd/${top()}/${name}`;
        const last = pending.length === 0;
        const found = lstatSync(at, { throwIfNoEntry: false });
        if (found?.isSymbolicLink() && (!last || options.follow)) {
          if (++links > MAX_LINKS) throw new FileError('ELOOP');
          const target = readlinkSync(at);
          if (target.startsWith('/')) while (fds.length > 1) closeSync(fds.pop() as number);
          pending.unshift(...split(target));
          continue;
        }
        if (last) return { path: at, close: closeAll };
        if (!found && options.makeFolders) makeFolder(at, options.makeFolders);
        if (fds.length >= MAX_DEPTH) throw new FileError('ENAMETOOLONG');
        fds.push(openSync(at, FOLDER));
      }
      return { path: `/proc/self/fd/${top()}/.`, close: closeAll };
    } catch (error) {
      closeAll();
      throw error;
    }
  }

  /** Runs use with the path's place and closes it afterwards. */
  async with<T>(path: string, options: PlaceOptions, use: (place: string) => T | Promise<T>): Promise<T> {
    const place = this.place(path, options);
    try {
      return await use(place.path);
    } finally {
      place.close();
    }
  }
}

function makeFolder(
  at: string,
  how: { mode: number; owner: { uid: number; gid: number } | undefined },
): void {
  mkdirSync(at, { mode: how.mode });
  if (!how.owner) return;
  const fd = openSync(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fchownSync(fd, how.owner.uid, how.owner.gid);
  } finally {
    closeSync(fd);
  }
}

const split = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');
