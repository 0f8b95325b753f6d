// What the wire says of how an attempt ended. Pure.

import type { ExitReport } from '#agent/sandbox';
import type { TaskResult, TaskStart, WireExitReport, WireFile } from '#schemas';
import { resultDigest } from './core/digests.ts';

/** A result with its hash. */
export function ended(
  start: TaskStart,
  attempt: number,
  status: TaskResult['status'],
  more: { problem?: TaskResult['problem']; report?: WireExitReport; outputs?: WireFile[] },
): TaskResult {
  const outputs = more.outputs ?? [];
  const { problem, report } = more;
  const { taskId, service } = start;
  const facts = { status, outputs, ...(problem ? { problem } : {}) };
  return {
    taskId,
    attempt,
    ...facts,
    ...(report ? { report } : {}),
    resultSha256: resultDigest(taskId, service.manifestSha256, facts),
  };
}

export const problemOf = (code: string, message: string) => ({ code, message: message.slice(0, 500) });

export function sentenceFor(report: ExitReport): string {
  const { reason, syscall, signal, exitCode, message } = report;
  const words = message || (reason === 'failed' ? `exit code ${exitCode}` : undefined);
  const detail = syscall ?? signal ?? words;
  return `the service ended with ${reason}${detail === undefined ? '' : ` (${detail})`}`;
}

/** Figures of the sandbox in the form that the wire takes. */
export function wireReportOf(report: ExitReport): WireExitReport {
  const whole = (value: number) => Math.max(0, Math.round(value));
  const { syscall, signal, exitCode, errnoHits, message } = report;
  return {
    reason: report.reason,
    cpuMs: Math.max(0, report.cpuMs),
    wallMs: Math.max(0, report.wallMs),
    peakMemoryBytes: whole(report.peakMemoryBytes),
    bytesIn: whole(report.bytesIn),
    bytesOut: whole(report.bytesOut),
    layers: report.layers.slice(0, 16).map((layer) => layer.slice(0, 64)),
    ...(syscall === undefined ? {} : { syscall: syscall.slice(0, 64) }),
    ...(signal === undefined ? {} : { signal: signal.slice(0, 32) }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(errnoHits === undefined ? {} : { errnoHits: { ...errnoHits } }),
    ...(message === undefined ? {} : { message: message.slice(0, 500) }),
  };
}
