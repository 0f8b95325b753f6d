// The form for one's own program as data, and what the program's end means in words. Pure.

import type { ExitReportView, SandboxTryView, StartSandboxTry } from '#schemas';
import { bytes, count, duration } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';
import type { PickedFile } from '../services/run/form-model.ts';
import { exitSentence, exitTone } from '../tasks/task-words.ts';
import { runtimeName } from './sandbox-words.ts';

/** The lab host's own limits. */
export const MEMORY_MAX_MB = 4_096;
export const SECONDS_MAX = 3_600;
export const FILE_MAX_BYTES = 256 * 1024 * 1024;
export const TEXT_MAX = 1_000_000;

export type Runtime = NonNullable<StartSandboxTry['runtime']>;

export interface TryForm {
  readonly program: PickedFile | undefined;
  /** Absent: as the file says. */
  readonly runtime: Runtime | undefined;
  readonly memory: string;
  readonly seconds: string;
  readonly inputKind: 'none' | 'text' | 'file';
  readonly inputText: string;
  readonly inputFile: PickedFile | undefined;
}

export const emptyTry: TryForm = {
  ...{ program: undefined, runtime: undefined, memory: '64', seconds: '30' },
  ...{ inputKind: 'none', inputText: '', inputFile: undefined },
};

const whole = (text: string, max: number): number | undefined => {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= max ? value : undefined;
};
export const memoryOf = ({ memory }: Pick<TryForm, 'memory'>) => whole(memory, MEMORY_MAX_MB);
export const secondsOf = ({ seconds }: Pick<TryForm, 'seconds'>) => whole(seconds, SECONDS_MAX);

const tooLarge = (file: PickedFile): string | undefined =>
  file.bytes > FILE_MAX_BYTES
    ? `${file.name} has ${bytes(file.bytes)}; at most ${bytes(FILE_MAX_BYTES)} are taken.`
    : undefined;

/** Why it can't be started, in a sentence; undefined: it can. `guess`: what the file says. */
export function tryProblem(form: TryForm, guess: Runtime | undefined): string | undefined {
  if (!form.program) return 'Choose a program first.';
  if (!form.runtime && !guess) return 'The file doesn’t tell what runs it: choose a runtime.';
  if (memoryOf(form) === undefined) return `Memory is a whole number from 1 to ${MEMORY_MAX_MB} MB.`;
  if (secondsOf(form) === undefined) return `Time is a whole number from 1 to ${SECONDS_MAX} s.`;
  if (form.inputKind === 'file' && !form.inputFile) return 'Choose the file that it reads.';
  if (form.inputKind === 'text' && form.inputText.length > TEXT_MAX)
    return `The text is longer than ${count(TEXT_MAX, 'character')}: put it into a file.`;
  return tooLarge(form.program) ?? (form.inputFile && tooLarge(form.inputFile));
}

export function tryRequest(
  form: TryForm,
  program: PickedFile,
  uploads: { readonly program: string; readonly input: string | undefined },
): StartSandboxTry {
  const { runtime, inputKind, inputText, inputFile } = form;
  return {
    ...{ program: uploads.program, name: nameOf(program) },
    ...(runtime ? { runtime } : {}),
    ...{ memoryMB: memoryOf(form) ?? 64, seconds: secondsOf(form) ?? 30 },
    ...(inputKind === 'text' ? { input: { text: inputText } } : {}),
    ...(inputKind === 'file' && inputFile && uploads.input !== undefined
      ? { input: { upload: uploads.input, name: nameOf(inputFile) } }
      : {}),
  };
}
const nameOf = ({ name }: PickedFile): string => [...name].slice(-255).join('') || 'program';

const states: Record<SandboxTryView['state'], { readonly tone: Tone; readonly word: string }> = {
  never: { tone: 'off', word: 'Never' },
  opening: { tone: 'busy', word: 'Opening the sandbox' },
  running: { tone: 'busy', word: 'Running' },
  ended: { tone: 'off', word: 'Ended' },
  failed: { tone: 'bad', word: 'Not run' },
  cancelled: { tone: 'off', word: 'Cancelled' },
};

export const tryState = ({ state, report }: Pick<SandboxTryView, 'state' | 'report'>) =>
  state === 'ended' && report ? { tone: exitTone(report), word: report.reason } : states[state];

export function tryAbout({ runtime, memoryMB, seconds }: SandboxTryView): string {
  return [runtime && runtimeName(runtime), memoryMB && `${memoryMB} MB`, seconds && `${seconds} s`]
    .filter(Boolean)
    .join(', ');
}

/** How it ended and what to do about it, for who wrote the program. */
export function tryEnd(
  report: ExitReportView,
  { memoryMB = 64, seconds = 30, runtime }: Pick<SandboxTryView, 'memoryMB' | 'seconds' | 'runtime'>,
): string {
  const { reason, exitCode, peakMemoryBytes, bytesOut } = report;
  switch (reason) {
    case 'failed':
      return `It ended by itself and said that it failed (exit code ${exitCode ?? 'unknown'}).${bytesOut > 0 ? ' What it wrote may say why.' : ''}`;
    case 'out-of-memory':
      return `It wanted more than ${memoryMB} MB; it had ${bytes(peakMemoryBytes)}, ${runtimeName(runtime ?? 'native')} itself included, and was ended. Give it more, or let it take less.`;
    case 'wall-timeout':
      if (report.cpuMs > 0.8 * report.wallMs)
        return `It computed all of its ${seconds} s, was not done, and was ended. Give it more time, or look for a loop without an end.`;
      return `It was not done in ${seconds} s and was ended. Give it more time, or look for an end that it waits for.`;
    case 'cpu-timeout':
      return `It used up ${seconds} s of processor and was ended. Give it more time, or look for a loop without an end.`;
    case 'output-limit':
      return `It wrote ${bytes(bytesOut)}, more than is taken here, and was ended.`;
    case 'cancelled':
      return `It was cancelled after ${duration(report.wallMs)}.`;
    case 'sandbox-error':
      if (report.message !== undefined && refusedProgram.test(report.message)) return refusal(report.message);
      return 'The sandbox itself failed: this is this machine’s problem, not the program’s.';
    default:
      return exitSentence(report).replace(/^The service/, 'The program');
  }
}

/** What the launcher says of a program that it never started. */
const refusedProgram = /^the program('s)? /;

function refusal(message: string): string {
  if (message.endsWith('is not static'))
    return 'It was not started: it wants a loader and shared libraries, and there are no files in the sandbox. Link it statically: -static for C and C++, CGO_ENABLED=0 for Go, a musl target for Rust.';
  if (message.endsWith('for another machine'))
    return 'It was not started: it is made for another processor than this one has. Build it for this machine.';
  return 'It was not started: the sandbox doesn’t take a native program like this one.';
}

/** Sixteen bytes a line, as hexdump has them. */
export function hexLines(hex: string): string {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const pairs = hex.slice(at, at + 32).match(/../g) ?? [];
    const text = pairs.map((pair) => printable(Number.parseInt(pair, 16))).join('');
    lines.push(`${(at / 2).toString(16).padStart(6, '0')}  ${pairs.join(' ').padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
const printable = (code: number): string => (code >= 32 && code < 127 ? String.fromCharCode(code) : '.');
