// The one table of calls between the lab host and the history's thread; it types both ends.

import type { ErrorShape } from '#base';
import type { HistoryExportWhat, KeptSandboxRun, SandboxAttackRun } from '#schemas';
import type { Batch, BucketPlan, Dropped } from './core/index.ts';
import type { TaskFilter } from './queries.ts';
import type { Store, StoreOptions } from './store.ts';

export interface HistoryCalls {
  open: (options: StoreOptions) => void;
  write: (ask: { batch: Batch; nowMs: number }) => void;
  taskPage: (filter: TaskFilter) => ReturnType<Store['taskPage']>;
  taskDetail: (ask: { taskId: string }) => ReturnType<Store['taskDetail']>;
  services: (ask: object) => ReturnType<Store['services']>;
  runs: (ask: object) => ReturnType<Store['runs']>;
  measurements: (ask: { plan: BucketPlan; serial: string | undefined }) => ReturnType<Store['measurements']>;
  exportPage: (ask: { what: HistoryExportWhat; after: number }) => ReturnType<Store['exportPage']>;
  saveSandboxRun: (kept: KeptSandboxRun) => void;
  sandboxRuns: (ask: object) => ReturnType<Store['sandboxRuns']>;
  sandboxRun: (ask: { runId: string }) => ReturnType<Store['sandboxRun']>;
  removeSandboxRun: (ask: { runId: string }) => boolean;
  saveSandboxAttack: (run: SandboxAttackRun) => void;
  sandboxAttacks: (ask: object) => ReturnType<Store['sandboxAttacks']>;
  sandboxAttack: (ask: { runId: string }) => ReturnType<Store['sandboxAttack']>;
  removeSandboxAttack: (ask: { runId: string }) => boolean;
  countRows: (ask: object) => ReturnType<Store['countRows']>;
  clear: (ask: object) => void;
  close: (end: { nowMs: number; dropped: Dropped }) => void;
}

export type CallName = keyof HistoryCalls;
export type AskOf<C extends CallName> = Parameters<HistoryCalls[C]>[0];
export type AnswerOf<C extends CallName> = ReturnType<HistoryCalls[C]>;

export interface Request<C extends CallName = CallName> {
  readonly id: number;
  readonly call: C;
  readonly ask: AskOf<C>;
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ErrorShape }
  | { readonly movedAside: string };
