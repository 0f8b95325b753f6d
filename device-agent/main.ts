// Entry of the agent on a phone. The starter runs it with `run` and a configuration over IPC; it goes on until the lab
// host or the system ends it.

import { runAgent } from '#agent/lifecycle';
import { createPinoLogger } from '#agent/log';
import { AgentStartConfig, parserOf } from '#schemas';

const USAGE_EXIT = 2;

if (process.argv[2] === 'run' && process.send) run();
else {
  process.stderr.write('this is started by start.mjs < configuration.json\n');
  process.exitCode = USAGE_EXIT;
}

function run(): void {
  const logger = createPinoLogger({ name: 'agent', fd: 1 });
  const parse = parserOf(AgentStartConfig, 'start configuration', 'input.invalid');
  process.once('message', (message) => {
    begin(parse(message)).catch((error: unknown) => {
      logger.error('the agent can not run', { error });
      process.exit(1);
    });
  });

  async function begin(config: AgentStartConfig): Promise<void> {
    const agent = await runAgent(config, logger);
    process.send?.(agent.runFile);
    await Promise.race([agent.shutdownAsked, terminated()]);
    logger.info('agent is stopping');
    await agent.close();
    process.exit(0);
  }
}

const terminated = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
