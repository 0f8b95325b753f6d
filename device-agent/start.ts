// Entry of the starter that the lab host runs over adb: reads the configuration from stdin, ends a predecessor, starts
// the agent detached, prints how to reach it, and is gone. It loads nothing but Node, as every attach waits for it; the
// agent itself checks the configuration against its schema.

import { startDetached } from '#agent/starter';

try {
  process.stdout.write(`${await startDetached()}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
