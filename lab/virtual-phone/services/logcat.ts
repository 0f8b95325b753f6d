// `logcat` reads the phone's log, `log` writes to it.

import type { Call, Service } from './call.ts';
import { filterOf, formatLine, type LogLine, type Priority, priorities } from './log-buffer.ts';
import type { PhoneState } from './phone-state.ts';

const MAX_WAITING = 10_000;
const BANNER = '--------- beginning of main\n';

interface Options {
  dump: boolean;
  clear: boolean;
  silent: boolean;
  format: string;
  count: number | undefined;
  specs: string[];
}

function parse(args: readonly string[]): Options | string {
  const options: Options = {
    dump: false,
    clear: false,
    silent: false,
    format: 'threadtime',
    count: undefined,
    specs: [],
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '-d') options.dump = true;
    else if (arg === '-c') options.clear = true;
    else if (arg === '-s') options.silent = true;
    else if (arg === '-v') options.format = args[++i] ?? '';
    else if (arg === '-b') i++;
    else if (arg === '-t' || arg === '-T') {
      options.count = Number(args[++i]);
      options.dump ||= arg === '-t';
      if (!Number.isInteger(options.count) || options.count < 1) return `Invalid count`;
    } else if (arg.startsWith('-')) return `Unknown option ${arg}`;
    else options.specs.push(arg);
  }
  if (options.silent) options.specs.unshift('*:S');
  return options;
}

export const logcatOf =
  (state: PhoneState): Service =>
  async (call) => {
    const options = parse(call.argv.slice(1));
    const keep = typeof options === 'string' ? undefined : filterOf(options.specs);
    if (typeof options === 'string' || !keep) {
      await call.err(`logcat: ${typeof options === 'string' ? options : 'Invalid filter expression'}\n`);
      return 1;
    }
    if (options.clear) {
      state.log.clear();
      return 0;
    }
    const waiting: LogLine[] = [];
    let wake = () => {};
    const stop = state.log.added.on((line) => {
      // A reader that doesn't keep up loses the oldest lines, as with a real ring.
      if (waiting.push(line) > MAX_WAITING) waiting.shift();
      wake();
    });
    call.signal.addEventListener('abort', () => wake(), { once: true });
    try {
      const past = state.log.lines.filter(keep);
      const shown = options.count === undefined ? past : past.slice(-options.count);
      await call.out(BANNER + shown.map((line) => formatLine(line, options.format)).join(''));
      if (options.dump) return 0;
      while (!call.signal.aborted) {
        const lines = waiting.splice(0).filter(keep);
        if (lines.length > 0) await call.out(lines.map((line) => formatLine(line, options.format)).join(''));
        else if (waiting.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      return 0;
    } finally {
      stop();
    }
  };

/** `log [-p PRIORITY] [-t TAG] message...` */
export const logOf =
  (state: PhoneState): Service =>
  async (call: Call) => {
    let priority: Priority = 'I';
    let tag = 'log';
    const args = call.argv.slice(1);
    while (args[0]?.startsWith('-')) {
      const option = args.shift();
      const value = args.shift() ?? '';
      const asked = priorities.find((p) => p === value.toUpperCase());
      if (option === '-p' && asked) priority = asked;
      else if (option === '-t') tag = value;
      else {
        await call.err('log: usage: log [-p PRIORITY] [-t TAG] MESSAGE...\n');
        return 1;
      }
    }
    state.log.write(priority, tag, args.join(' '));
    return 0;
  };
