// The process of one virtual phone. First line of stdin: its configuration. Then control commands, one per line;
// events on stdout. When stdin ends the lab host is gone, and so the phone ends.

import { AbhayaError, type LogFields, type Logger, systemClock, systemRandom } from '#base';
import {
  MAX_CONTROL_BYTES,
  type PhoneControl,
  type PhoneEvent,
  parseConfig,
  parseControl,
} from './control.ts';
import { linesOf } from './json-lines.ts';
import { type PhoneProcess, startPhoneProcess } from './phone-process.ts';

function emit(event: PhoneEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function loggerTo(send: (event: PhoneEvent) => void, base: LogFields = {}): Logger {
  const at = (level: string) => (message: string, fields?: LogFields) =>
    send({ event: 'log', level, message, fields: { ...base, ...fields } });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => loggerTo(send, { ...base, ...fields }),
  };
}

async function main(): Promise<void> {
  process.stdout.on('error', () => process.exit(1)); // nobody listens: the lab host is gone
  process.title = 'abhaya-phone';
  const logger = loggerTo(emit);
  const lines = linesOf(process.stdin, MAX_CONTROL_BYTES);
  const first = await lines.next();
  if (first.done) return;
  let stop: (reason: string) => void = () => {};
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  const phone = await startPhoneProcess({
    config: parseConfig(first.value),
    clock: systemClock,
    random: systemRandom,
    logger,
    emit,
  });
  void phone.died.then(stop);
  void listen(lines, phone).then(stop, (error) => stop(String(error)));
  const reason = await stopped;
  await phone.close();
  emit({ event: 'exit', reason });
}

/** Obeys until `stop` or the end of input; resolves with the reason. */
async function listen(lines: AsyncGenerator<string>, phone: PhoneProcess): Promise<string> {
  for await (const line of lines) {
    const command = read(line);
    if (!command) continue;
    if (command.command === 'stop') return 'stopped';
    try {
      await phone.control(command);
      emit({ event: 'done', id: command.id });
    } catch (error) {
      emit({ event: 'done', id: command.id, error: (error as Error).message });
    }
  }
  return 'the lab host is gone';
}

function read(line: string): PhoneControl | undefined {
  try {
    return parseControl(line);
  } catch (error) {
    emit({
      event: 'log',
      level: 'warn',
      message: error instanceof AbhayaError ? error.message : String(error),
    });
    return undefined;
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    emit({ event: 'exit', reason: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  },
);
