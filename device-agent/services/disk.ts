// The writing side of the file system as a port, so that tests can break it after any number of steps.

import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';

export interface NewFile {
  write(chunk: Uint8Array): Promise<void>;
  /** Returns when the bytes would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  makeFolder(path: string): Promise<void>;
  /** Fails when the file exists. */
  createFile(path: string, mode: number): Promise<NewFile>;
  setMode(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes the folder's entries (creations, renames) survive a power cut. */
  syncFolder(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
}

export const nodeDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async createFile(path, mode) {
    const handle = await open(path, 'wx', mode);
    return {
      write: (chunk) => handle.writeFile(chunk),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  setMode: (path, mode) => chmod(path, mode),
  rename: (from, to) => rename(from, to),
  async syncFolder(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  removeTree: (path) => rm(path, { recursive: true, force: true }),
};
