// The phone's log: a ring of lines that logcat reads. Bounded in lines and in bytes per line.

import { type Clock, Emitter } from '#base';

export const priorities = ['V', 'D', 'I', 'W', 'E', 'F', 'S'] as const;
export type Priority = (typeof priorities)[number];

export interface LogLine {
  readonly at: number;
  readonly priority: Priority;
  readonly tag: string;
  readonly pid: number;
  readonly text: string;
}

const MAX_LINES = 5000;
const MAX_TEXT = 4000;

export class LogBuffer {
  readonly added = new Emitter<LogLine>();
  readonly #clock: Clock;
  #lines: LogLine[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  write(priority: Priority, tag: string, text: string, pid = 1): void {
    for (const part of text.split('\n')) {
      const line = {
        at: this.#clock.now(),
        priority,
        tag: tag.slice(0, 128),
        pid,
        text: part.slice(0, MAX_TEXT),
      };
      this.#lines.push(line);
      if (this.#lines.length > MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES / 2);
      this.added.emit(line);
    }
  }

  clear(): void {
    this.#lines = [];
  }
}

const two = (n: number): string => String(n).padStart(2, '0');

function timeOf(at: number): string {
  const d = new Date(at);
  const ms = String(d.getUTCMilliseconds()).padStart(3, '0');
  return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}.${ms}`;
}

/** A line in logcat's format `brief`, `tag`, `raw`, `time` or `threadtime` (the default). */
export function formatLine(line: LogLine, format: string): string {
  const { at, priority, tag, pid, text } = line;
  switch (format) {
    case 'brief':
      return `${priority}/${tag.padEnd(8)}(${String(pid).padStart(5)}): ${text}\n`;
    case 'tag':
      return `${priority}/${tag}: ${text}\n`;
    case 'raw':
      return `${text}\n`;
    case 'time':
      return `${timeOf(at)} ${priority}/${tag.padEnd(8)}(${String(pid).padStart(5)}): ${text}\n`;
    default:
      return `${timeOf(at)} ${String(pid).padStart(5)} ${String(pid).padStart(5)} ${priority} ${tag}: ${text}\n`;
  }
}

/** Filter specs as logcat takes them (`TAG:LEVEL`, `*:S`). Returns undefined for a wrong one. */
export function filterOf(specs: readonly string[]): ((line: LogLine) => boolean) | undefined {
  const levels = new Map<string, number>();
  for (const spec of specs) {
    const [tag = '', level = tag === '*' ? 'V' : 'V'] = spec.split(':');
    const rank = priorities.indexOf(level.toUpperCase() as Priority);
    if (rank < 0) return undefined;
    levels.set(tag, rank);
  }
  return ({ tag, priority }) => priorities.indexOf(priority) >= (levels.get(tag) ?? levels.get('*') ?? 0);
}
