// A task's state, problem and exit report in words and tones, the same on every page.

import type { ExitReportView, TaskState, TaskView } from '#schemas';
import { bytes, duration } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';

const states: Record<TaskState, { readonly tone: Tone; readonly word: string; readonly means: string }> = {
  queued: { tone: 'busy', word: 'Queued', means: 'The service is looked for' },
  offering: { tone: 'busy', word: 'Offering', means: 'Phones are asked, their offers are scored' },
  starting: { tone: 'busy', word: 'Starting', means: 'The chosen phone gets the task and its inputs' },
  retrieving: { tone: 'busy', word: 'Retrieving', means: 'The package is fetched from another phone' },
  running: { tone: 'busy', word: 'Running', means: 'The service runs in its sandbox' },
  delivering: { tone: 'busy', word: 'Delivering', means: 'The results come to the requester' },
  acknowledged: { tone: 'ok', word: 'Done', means: 'The results are here, checked and acknowledged' },
  failed: { tone: 'bad', word: 'Failed', means: 'It ended without a result' },
  cancelled: { tone: 'off', word: 'Cancelled', means: 'It was called off' },
  expired: { tone: 'bad', word: 'Expired', means: 'It was not done by its deadline' },
};

export const taskWord = (state: TaskState): string => states[state].word;
export const taskTone = (state: TaskState): Tone => states[state].tone;
export const taskMeans = (state: TaskState): string => states[state].means;

const final: ReadonlySet<TaskState> = new Set(['acknowledged', 'failed', 'cancelled', 'expired']);
export const isFinal = ({ state }: Pick<TaskView, 'state'>): boolean => final.has(state);

/** From the request to the last state; what is still under way has none. */
export const taskDurationMs = (task: Pick<TaskView, 'state' | 'timeline'>): number | undefined =>
  isFinal(task) ? task.timeline.at(-1)?.atMs : undefined;

const advice: Readonly<Record<string, string>> = {
  'task.no-offers':
    'Look at the verdicts on the service’s card: a phone must run, be trusted with the service and have room. Then run it again.',
  'task.failed': 'Look at the exit report and at the log of the phone that ran it.',
  'task.expired': 'Run it again with a later deadline, or let a faster phone take it.',
  'task.input-invalid': 'Correct the input and run it again.',
  'task.output-invalid': 'The service gave something else than its manifest promises: tell its author.',
  'device.lost': 'Run it again from a phone that stays connected.',
  'device.offline': 'Connect or start a phone, then run it again.',
  'device.unsupported': 'Let another phone run it.',
  'sandbox.unavailable': 'Choose a phone whose sandbox works: the fleet table shows which.',
  'sandbox.supervisor-died': 'Restart the phone’s agent, then run it again.',
  'package.not-installable': 'The phone can’t take this service; the verdict on the card says why.',
  'package.signature': 'The package was changed after it was signed. Get it from its author again.',
  'not-found': 'Install the service on a phone of this mesh.',
  ambiguous: 'Several services have this name: choose one by its card.',
  timeout: 'Try again; if it stays so, look at the links on the mesh page.',
};

/** What to do about a problem of a task; undefined where nothing has to be done. */
export function problemAdvice({ state, problem }: Pick<TaskView, 'state' | 'problem'>): string | undefined {
  if (state === 'cancelled' || !problem) return undefined;
  if (problem.code.startsWith('mesh.')) return 'Look at the links on the mesh page, then run it again.';
  return (
    advice[problem.code] ??
    (problem.code.startsWith('package.') ? advice['package.signature'] : 'Run it again.')
  );
}

/** The end of the sandbox in a sentence. */
export function exitSentence(report: ExitReportView): string {
  const { reason, syscall, signal, exitCode, peakMemoryBytes, wallMs, cpuMs, bytesOut } = report;
  switch (reason) {
    case 'completed':
      return `The service ended by itself with success after ${duration(wallMs)}.`;
    case 'failed':
      return `The service ended by itself and said that it failed (exit code ${exitCode ?? 'unknown'}).`;
    case 'crashed':
      return `The service crashed${signal ? ` with ${signal}` : ''}.`;
    case 'syscall-denied':
      return `The service called ${syscall ?? 'a system call'}, which the sandbox forbids, and was ended at once.`;
    case 'out-of-memory':
      return `The service wanted more memory than it may have; it had ${bytes(peakMemoryBytes)} and was ended.`;
    case 'wall-timeout':
      return `The service was not done in its time limit and was ended after ${duration(wallMs)}.`;
    case 'cpu-timeout':
      return `The service used up its processor time (${duration(cpuMs)}) and was ended.`;
    case 'output-limit':
      return `The service wrote more than its manifest allows (${bytes(bytesOut)}) and was ended.`;
    case 'cancelled':
      return 'The task was cancelled, and the service was ended.';
    case 'sandbox-error':
      return 'The sandbox itself failed: this is the phone’s problem, not the service’s.';
    default:
      return `The service ended: ${reason}.`;
  }
}

export const exitTone = ({ reason }: ExitReportView): Tone =>
  reason === 'completed' ? 'ok' : reason === 'cancelled' ? 'off' : 'bad';
