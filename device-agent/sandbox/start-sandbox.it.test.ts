// How a supervisor is started, and what becomes of one that is none. What it does then: sandbox-contract.it.test.ts.

import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { silentLogger } from '#base';
import { buildC, children, supervisorCommand, testLimits } from './sandbox-tester.ts';
import { startSandbox } from './start-sandbox.ts';

let launcherPath = '';

beforeAll(async () => {
  launcherPath = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
});

const saying = (script: string): [string, ...string[]] => [process.execPath, '-e', script];

test.each([
  ['is not there', ['/no/such/program'], /ENOENT/],
  ['ends at once', saying('process.exit(7)'), /exit code 7/],
  [
    'says something else',
    saying('console.log("Picked up JAVA_TOOL_OPTIONS"); setInterval(() => {}, 1000)'),
    /frame/,
  ],
  [
    'speaks another version',
    saying(
      'const b = Buffer.from(JSON.stringify({kind:"hello",protocol:2}));' +
        'const h = Buffer.alloc(4); h.writeUInt32BE(b.length); process.stdout.write(Buffer.concat([h, b]));' +
        'setInterval(() => {}, 1000)',
    ),
    /not valid/,
  ],
  ['says nothing', saying('setInterval(() => {}, 1000)'), /longer than 300 ms/],
] as [string, [string, ...string[]], RegExp][])('a supervisor that %s', async (what, command, message) => {
  const starting = startSandbox({
    command,
    launcherPath,
    limits: testLimits,
    logger: silentLogger,
    // On a busy machine it may take long until the others are there to do what they do.
    startMs: what === 'says nothing' ? 300 : 30_000,
  });
  const failure = await starting.catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'sandbox.unavailable', message: expect.stringMatching(message) });
  expect(children(process.pid)).toEqual([]);
});

test('a device that lacks the launcher says so', async () => {
  const starting = startSandbox({
    command: await supervisorCommand(),
    launcherPath: '/no/launcher',
    limits: testLimits,
    logger: silentLogger,
  });
  await expect(starting).rejects.toMatchObject({
    code: 'sandbox.unavailable',
    message: expect.stringContaining('launcher'),
  });
});
