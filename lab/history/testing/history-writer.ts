// A process of the history's tests: writes tasks one after another and says what is stored, until it is killed.
// Arguments: the file, the first task's number.

import { silentLogger, sleep, systemClock } from '#base';
import { openHistory } from '../history.ts';
import { sampleTask } from './samples.ts';

const [file = '', first = '0'] = process.argv.slice(2);
const history = openHistory({ file, version: 'test', clock: systemClock, logger: silentLogger });
for (let number = Number(first); ; number += 1) {
  const value = 'x'.repeat(2_000);
  const output = { name: 'o', bytes: 1, sha256: 'e'.repeat(64), mediaType: 'text/plain', value };
  history.record.task({ atMs: Date.now(), task: sampleTask(number, { outputs: [output] }) });
  if (number % 50 !== 0) continue;
  const { rows, problem, dropped } = await history.status();
  process.stdout.write(`${JSON.stringify({ tasks: rows.tasks, problem, dropped })}\n`);
  await sleep(5);
}
