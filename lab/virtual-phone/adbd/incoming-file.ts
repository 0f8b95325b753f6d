// One file or link that a host sends. A failure is remembered and told at the end, as adbd does: the host goes on
// sending meanwhile. Owns the open file; the target is deleted when the transfer doesn't complete.

import { constants } from 'node:fs';
import { type FileHandle, lchown, lstat, lutimes, open, symlink, unlink } from 'node:fs/promises';
import type { Place, RootedFiles } from '../isolation/rooted-files.ts';
import { messageOf } from './file-errors.ts';

const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const MAX_LINK_BYTES = 4096;

export interface FileTarget {
  readonly files: RootedFiles;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

export class IncomingFile {
  readonly #target: FileTarget;
  readonly #isLink: boolean;
  readonly #mode: number;
  #place: Place | undefined;
  #file: FileHandle | undefined;
  #link: Uint8Array[] = [];
  #failure: string | undefined;
  #started: Promise<void>;

  constructor(path: string, mode: number, target: FileTarget) {
    this.#target = target;
    this.#isLink = (mode & S_IFMT) === S_IFLNK;
    this.#mode = sentMode(mode);
    this.#started = this.#start(path).catch((error) => this.#fail(error));
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    await this.#started;
    if (this.#failure !== undefined) return;
    if (this.#isLink) {
      this.#link.push(...chunks.map((chunk) => Buffer.from(chunk)));
      if (this.#link.reduce((sum, chunk) => sum + chunk.length, 0) > MAX_LINK_BYTES)
        this.#fail({ code: 'ENAMETOOLONG' });
      return;
    }
    try {
      let pending = [...chunks];
      while (pending.length > 0) {
        const { bytesWritten } = await (this.#file as FileHandle).writev(pending);
        pending = after(pending, bytesWritten);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Completes the file. Returns the failure's sentence, if any. */
  async finish(mtime: number): Promise<string | undefined> {
    await this.#started;
    try {
      if (this.#failure !== undefined || !this.#place) return this.#failure ?? 'closed';
      const at = this.#place.path;
      if (this.#isLink) {
        await symlink(Buffer.concat(this.#link).toString('utf8').replace(/\0.*$/s, ''), at);
        const { owner } = this.#target;
        if (owner) await lchown(at, owner.uid, owner.gid);
        await lutimes(at, mtime, mtime);
      } else {
        await this.#file?.utimes(mtime, mtime);
      }
      await this.#release();
      return undefined;
    } catch (error) {
      this.#fail(error);
      return this.#failure;
    } finally {
      await this.discard();
    }
  }

  /** Gives up: what was written is deleted. Calling it after finish or twice is harmless. */
  async discard(): Promise<void> {
    await this.#started;
    if (!this.#place) return;
    const at = this.#place.path;
    if (this.#file) await unlink(at).catch(() => {});
    await this.#release();
  }

  async #start(path: string): Promise<void> {
    const { files, owner } = this.#target;
    this.#place = files.place(path, { makeFolders: { mode: 0o771, owner } });
    const at = this.#place.path;
    const existing = await lstat(at).catch(() => undefined);
    if (existing?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (existing) await unlink(at);
    if (this.#isLink) return;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    this.#file = await open(at, flags, this.#mode);
    await this.#file.chmod(this.#mode);
    if (owner) await this.#file.chown(owner.uid, owner.gid);
  }

  #fail(error: unknown): void {
    this.#failure ??= `couldn't create file: ${messageOf(error)}`;
  }

  async #release(): Promise<void> {
    const file = this.#file;
    const place = this.#place;
    this.#file = undefined;
    this.#place = undefined;
    await file?.close();
    place?.close();
  }
}

/** adbd gives group, then others, what the owner has (0600 becomes 0666), and never set-id bits. */
function sentMode(mode: number): number {
  const withGroup = (mode & 0o777) | ((mode >> 3) & 0o070);
  return withGroup | ((withGroup >> 3) & 0o007);
}

function after(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let left = written;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (left >= chunk.length) left -= chunk.length;
    else {
      rest.push(chunk.subarray(left));
      left = 0;
    }
  }
  return rest;
}
