// Entry of the lab host: one process that puts the rooms together, serves the API, and takes everything down in order.

import { parseArgs } from 'node:util';
import { createPinoLogger, type LogLevel } from '#agent/log';
import { toErrorShape } from '#base';
import { homeOf } from '#lab/home';
import { runLabHost } from '#lab/host';

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    leashed: { type: 'boolean', default: false },
    'log-level': { type: 'string', default: 'info' },
    deploy: { type: 'boolean', default: false },
  },
});
const logger = createPinoLogger({ name: 'lab-host', level: values['log-level'] as LogLevel });
const stop = new AbortController();

// Several signals may come at once: the first begins the end, the others change nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(signal));
// On a leash the lab host ends with whoever started it, however that ends.
if (values.leashed) {
  process.stdin.resume();
  process.stdin.once('end', () => stop.abort('leash'));
  process.stdin.once('error', () => stop.abort('leash'));
}

try {
  await runLabHost({
    home: homeOf(process.env, values.home),
    deployToRealPhones: values.deploy,
    logger,
    signal: stop.signal,
    stop: () => stop.abort('shutdown'),
  });
  process.exit(0);
} catch (error) {
  const { code, message } = toErrorShape(error);
  logger.error(message, { code, error });
  process.exit(1);
}
