// What separates a phone from its host. Two implementations: namespaces (Linux) and plain folders.

import type { Readable, Writable } from 'node:stream';

export interface CommandOptions {
  /** Standard error goes where standard output goes. */
  readonly merge?: boolean;
  /** Runs on a terminal of this size, `ROWSxCOLS`. */
  readonly pty?: { readonly size: string; readonly term: string };
}

export interface RunningCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with the exit code (128 + signal) when the command has ended and its output has been read. */
  readonly exit: Promise<number>;
  resize(size: string): void;
  /** Hangs up: SIGHUP to the command, as adbd does when the host closes the stream. */
  hangUp(): void;
}

export interface Walls {
  readonly kind: 'namespaces' | 'plain';
  /** Folder of the host that is the phone's `/` for file transfers. */
  readonly root: string;
  /** Owner that files get which adbd makes for the phone's shell; undefined when it is adbd's own user. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Runs `sh -c command`, or an interactive shell for an empty command. */
  run(command: string, options?: CommandOptions): RunningCommand;
  /** Resolves when the phone's inside has died by itself. */
  readonly died: Promise<string>;
  /** Ends every process inside. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** The environment of adb's shell on a phone. */
export function shellEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ANDROID_DATA: '/data',
    ANDROID_ROOT: '/system',
    ANDROID_STORAGE: '/storage',
    EXTERNAL_STORAGE: '/sdcard',
    HOME: '/data/local/tmp',
    HOSTNAME: 'localhost',
    LANG: 'C.UTF-8',
    LOGNAME: 'shell',
    PATH: '/system/bin',
    SHELL: '/system/bin/sh',
    TMPDIR: '/data/local/tmp',
    USER: 'shell',
    ...extra,
  };
}
