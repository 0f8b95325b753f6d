// Where the CLI's words go: results on stdout, everything else on stderr. With --json stdout is one JSON document.

import Table from 'cli-table3';
import { exitCodeOf, toErrorShape } from '#base';

export interface Printer {
  readonly json: boolean;
  /** A result stands on stdout. */
  readonly printed: boolean;
  /** The command's result: the document with --json, else the text. */
  result(document: unknown, text: () => string): void;
  /** Progress for people, on stderr. */
  note(text: string): void;
  /** A line that replaces itself on a terminal; printed once elsewhere. */
  progress(text: string): void;
}

export function createPrinter(options: {
  json: boolean;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}): Printer {
  const { stdout, stderr } = options;
  let last = '';
  let printed = false;
  const clear = () => {
    if (last && stderr.isTTY) stderr.write('\r\x1b[K');
    last = '';
  };
  return {
    json: options.json,
    get printed() {
      return printed;
    },
    result(document, text) {
      clear();
      printed = true;
      const written = options.json ? JSON.stringify(document, null, 2) : text();
      if (written) stdout.write(`${written}\n`);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (text === last) return;
      clear();
      last = text;
      stderr.write(stderr.isTTY ? text : `${text}\n`);
    },
  };
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const none = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const made = new Table({
    head: [...head],
    chars: { ...plain, ...none, right: '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}

/** The document that --json prints for an error, and the exit code that goes with it (docs/CLI.md). */
export function describeError(error: unknown): {
  document: { error: object };
  text: string;
  exitCode: number;
} {
  const shape = toErrorShape(error);
  return {
    document: { error: shape },
    text: shape.code === 'bug' ? `bug: ${shape.message}` : `error (${shape.code}): ${shape.message}`,
    exitCode: exitCodeOf(shape.code),
  };
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

export const formatMs = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
