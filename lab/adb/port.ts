// What the lab host sees of a phone behind an adb server. Virtual and real phones pass one contract suite.

import type { Duplex, Readable, Writable } from 'node:stream';
import type { Unsubscribe } from '#base';

/** States as the adb server names them; `absent`: it doesn't know the phone (any more). */
export type AdbState = 'device' | 'offline' | 'unauthorized' | 'recovery' | 'absent';

export interface AdbDevice {
  /** The serial under which the adb server knows it: `127.0.0.1:5600`, `R58M…`. */
  readonly adbSerial: string;
  readonly state: AdbState;
  readonly kind: 'usb' | 'wifi';
}

export interface ShellResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellOptions {
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** Output beyond it ends the command with `device.command-failed`; default 4 MiB. */
  readonly maxOutputBytes?: number;
}

export interface DeviceTransport {
  readonly adbSerial: string;
  /** Runs a command by shell v2; any exit code is a result. Throws `device.*`, `timeout`, `cancelled`. */
  shell(command: string, options?: ShellOptions): Promise<ShellResult>;
  /** Pushes a file (a local path) or a stream. The mode's permission bits are sent along. */
  push(
    source: string | Readable,
    remotePath: string,
    options?: { mode?: number; signal?: AbortSignal; onProgress?: (bytes: number) => void },
  ): Promise<void>;
  pull(remotePath: string, options?: { signal?: AbortSignal }): Promise<Readable>;
  stat(remotePath: string): Promise<{ mode: number; size: number; mtimeMs: number } | undefined>;
  /** A stream to a TCP port on the phone's loopback; nothing listens on the host. Throws `device.command-failed` when refused. */
  openTcp(port: number, options?: { signal?: AbortSignal }): Promise<Duplex>;
  /** Resolves with whether the phone answered a trivial command in time: a stalled phone stays `device` for ever. */
  probe(timeoutMs: number): Promise<boolean>;
  install(apkFile: string, options?: { signal?: AbortSignal }): Promise<void>;
  /** Why the phone is gone; resolves once, also on close. */
  readonly disconnected: Promise<string>;
  close(): Promise<void>;
}

export interface DeviceProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Rejects when the phone goes before the command has ended. Read both outputs, or it never comes. */
  readonly exitCode: Promise<number>;
  /** Closes the stream; the phone hangs the command up. */
  kill(): Promise<void>;
}

export interface DeviceEntry {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What our own adb room gives: a DeviceTransport with the verbs that only some callers need. */
export interface AdbTransport extends DeviceTransport {
  /** Runs a command with streams, without limits on time or output. */
  spawn(command: string, options?: { signal?: AbortSignal }): Promise<DeviceProcess>;
  list(remotePath: string): Promise<readonly DeviceEntry[]>;
  /** The phone listens on devicePort (0: any) and its connections reach hostPort here. Resolves with the port. */
  addReverse(devicePort: number, hostPort: number): Promise<number>;
  removeReverse(devicePort: number): Promise<void>;
}

/** One adb server: the user's, or a private one for virtual phones. */
export interface AdbServer {
  readonly host: string;
  readonly port: number;
  devices(): readonly AdbDevice[];
  /** Tells every change of the list; tracking goes on when the server dies and comes back. */
  onDevices(listener: (devices: readonly AdbDevice[]) => void): Unsubscribe;
  /** Adds a TCP phone; throws `device.offline` when it doesn't answer, whatever adb's exit code. */
  connect(address: string, options?: { signal?: AbortSignal }): Promise<void>;
  disconnect(address: string): Promise<void>;
  open(adbSerial: string, options?: { signal?: AbortSignal }): Promise<AdbTransport>;
  close(): Promise<void>;
}
