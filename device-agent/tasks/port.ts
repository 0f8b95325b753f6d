// What the rest of the agent sees of tasks (spec 04).

import type { DeviceFacts } from '#agent/services';
import type { Unsubscribe } from '#base';
import type { AgentTaskView, PrivacyClass, Receipt, ThermalClass } from '#schemas';

/** The device as it is now: what verdicts and offers are made of. */
export interface DeviceSnapshot extends DeviceFacts {
  readonly freeMemoryMB: number;
  /** 0..1. */
  readonly cpuLoad: number;
  /** 0..1. */
  readonly battery: number;
  readonly charging: boolean;
  readonly thermal: ThermalClass;
  /** The owner's word on other people's tasks; `except` are packages that are taken all the same. */
  readonly participation: {
    readonly accepts: boolean;
    readonly reason?: string;
    readonly except?: readonly string[];
  };
}

/** A file on this device (kept by the caller until the task has ended), or a value. */
export type TaskInput = { readonly path: string } | { readonly value: unknown };

export interface SubmitOptions {
  readonly packageId: string;
  /** Where several services have the packageId, author and version say which. */
  readonly author?: string;
  readonly version?: string;
  readonly inputs: Readonly<Record<string, TaskInput>>;
  readonly constraints?: { readonly on?: string };
  /** From now; default 120 s. */
  readonly deadlineMs?: number;
  /** Default 1 s. */
  readonly offerTimeoutMs?: number;
  /** At least the manifest's; default that. */
  readonly privacy?: PrivacyClass;
}

export interface TaskOutput {
  readonly name: string;
  /** A file in the engine's spool, kept while the task is. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** The parsed value of a JSON output of at most 256 KiB. */
  readonly value?: unknown;
}

/** Whether services of an author may be fetched and run here; `ask` is `refuse` on a phone that nobody watches. */
export type TrustVerdict = 'install' | 'ask' | 'refuse';

export interface TaskIdentity {
  /** 64-byte Ed25519 signature by this node's key. */
  sign(message: Uint8Array): Uint8Array;
  verify(nodeId: string, message: Uint8Array, signature: Uint8Array): boolean;
}

export interface TaskEngine {
  /**
   * Resolves the service, checks the inputs and begins; the task's id. Throws `not-found`, `ambiguous`,
   * `task.input-invalid`, `input.invalid`, `closed`: then there is no task.
   */
  submit(options: SubmitOptions): Promise<string>;
  /** Harmless for an ended task; throws `not-found`. */
  cancel(taskId: string, reason: string): void;
  /** Throws `not-found`. */
  get(taskId: string): AgentTaskView;
  list(): AgentTaskView[];
  /** Called with the whole view after every change: state, offer, choice, attempt, progress, report. */
  onChange(listener: (view: AgentTaskView) => void): Unsubscribe;
  /** The outputs of an acknowledged task; throws `not-found`, and the task's own problem when it has failed. */
  result(taskId: string): readonly TaskOutput[];
  /** Signed by both sides: of tasks requested and executed here. */
  receipts(): readonly Receipt[];
  /** Tasks that run here for others, for the phone's own display. */
  executing(): readonly { readonly taskId: string; readonly requester: string; readonly phase: string }[];
  /** Stops everything; tasks of others are left to their requesters' spares. */
  close(): Promise<void>;
}
