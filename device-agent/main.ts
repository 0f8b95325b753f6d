// Entry of the agent on a phone: `start` (over adb, then gone) and `run` (detached, for as long as the phone lets it).

import { fileURLToPath } from 'node:url';
import { runAgent, startDetached } from '#agent/lifecycle';
import { createPinoLogger } from '#agent/log';
import { toErrorShape } from '#base';
import { AgentStartConfig, parserOf } from '#schemas';

const USAGE_EXIT = 2;
const command = process.argv[2];

if (command === 'start') await start();
else if (command === 'run' && process.send) run();
else {
  process.stderr.write('usage: agent start < configuration.json\n');
  process.exitCode = USAGE_EXIT;
}

async function start(): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await startDetached(fileURLToPath(import.meta.url)))}\n`);
  } catch (error) {
    process.stderr.write(`${toErrorShape(error).message}\n`);
    process.exitCode = 1;
  }
}

function run(): void {
  const logger = createPinoLogger({ name: 'agent', fd: 1 });
  const parse = parserOf(AgentStartConfig, 'start configuration', 'input.invalid');
  process.once('message', (message) => {
    runAgent(parse(message), logger)
      .then(async (agent) => {
        process.send?.(agent.runFile);
        await Promise.race([agent.shutdownAsked, terminated()]);
        logger.info('agent is stopping');
        await agent.close();
        process.exit(0);
      })
      .catch((error: unknown) => {
        logger.error('the agent can not run', { error });
        process.exit(1);
      });
  });
}

const terminated = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
