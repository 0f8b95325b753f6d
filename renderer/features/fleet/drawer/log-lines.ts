// Lines of an agent's log as they are shown: the agent writes JSON; what isn't JSON (a crash) is shown as it stands. Pure.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  readonly key: string;
  readonly level: LogLevel;
  /** Milliseconds since 1970; undefined for a line that says none. */
  readonly at: number | undefined;
  readonly message: string;
  /** What else the line says, short. */
  readonly more: string;
  readonly raw: string;
}

const MORE_CHARS = 160;
/** Node ids and hashes: their beginning tells them apart. */
const hash = /\b[0-9a-f]{32,}\b/g;
const HASH_CHARS = 8;
const own = new Set(['level', 'time', 'name', 'msg', 'nodeId', 'pid', 'hostname', 'v']);

export function logLine(raw: string): Omit<LogLine, 'key'> {
  const plain = { level: 'error', at: undefined, message: raw, more: '', raw } as const;
  if (!raw.startsWith('{')) return plain;
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return plain;
  }
  const { level, time, msg, ...rest } = value as Record<string, unknown>;
  if (typeof msg !== 'string') return plain;
  const at = typeof time === 'number' ? time : Date.parse(String(time));
  const more = Object.entries(rest)
    .filter(([name]) => !own.has(name))
    .map(([name, what]) => `${name}=${typeof what === 'string' ? what : JSON.stringify(what)}`)
    .join(' ')
    .replace(hash, (text) => `${text.slice(0, HASH_CHARS)}…`);
  return {
    level: levelOf(Number(level)),
    at: Number.isNaN(at) ? undefined : at,
    message: msg,
    more: more.length > MORE_CHARS ? `${more.slice(0, MORE_CHARS)}…` : more,
    raw,
  };
}

/** pino's numbers. */
const levelOf = (number: number): LogLevel =>
  number >= 50 ? 'error' : number >= 40 ? 'warn' : number >= 30 || Number.isNaN(number) ? 'info' : 'debug';

/** Keys count equal lines from the last on, so that a line keeps its key while new ones come. */
export function logLines(raws: readonly string[]): readonly LogLine[] {
  const seen = new Map<string, number>();
  return raws
    .toReversed()
    .map((raw) => {
      const nth = seen.get(raw) ?? 0;
      seen.set(raw, nth + 1);
      return { key: `${nth} ${raw}`, ...logLine(raw) };
    })
    .toReversed();
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export function shownLines(lines: readonly LogLine[], least: LogLevel, text: string): readonly LogLine[] {
  const wanted = text.trim().toLowerCase();
  return lines.filter(
    (line) => rank[line.level] >= rank[least] && (wanted === '' || line.raw.toLowerCase().includes(wanted)),
  );
}
