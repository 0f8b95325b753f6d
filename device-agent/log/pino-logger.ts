// The Logger port over pino: one JSON line per event, written at once so that a crash loses none.

import pino from 'pino';
import { isAbhayaError, type LogFields, type Logger, toErrorShape } from '#base';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Logs to a descriptor (default: stderr). Secrets are the caller's duty: nothing here can know them. */
export function createPinoLogger(options: { level?: LogLevel; fd?: number; name: string }): Logger {
  const destination = pino.destination({ fd: options.fd ?? 2, sync: true });
  return wrap(
    pino(
      {
        level: options.level ?? 'info',
        base: { name: options.name },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      destination,
    ),
  );
}

function wrap(log: pino.Logger): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => log[level](plain(fields), message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(log.child(plain(fields))),
  };
}

/** Errors are shown by code; a bug keeps its stack, which only the log may show. */
function plain(fields: LogFields = {}): Record<string, unknown> {
  const { error, ...rest } = fields;
  if (error === undefined) return rest;
  if (error instanceof Error && !isAbhayaError(error))
    return { ...rest, error: { message: error.message, stack: error.stack } };
  return { ...rest, error: error instanceof Error ? toErrorShape(error) : error };
}
