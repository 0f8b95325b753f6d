// Scripts for Node.js that are no function for us to call: what of Node works behind the lock, and how what doesn't ends.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildC, nodejsFolder, Workspace } from '../../device-agent/sandbox/sandbox-tester.ts';
import { LauncherTester } from '../../lab/sandbox-lab/launcher/launcher-tester.ts';

let workspace: Workspace;
let launcher: LauncherTester;

beforeAll(async () => {
  workspace = await Workspace.open();
  const path = join(await buildC('android-shim/launcher'), 'abhaya-launcher');
  launcher = new LauncherTester(path, ['--runtime', `nodejs=${nodejsFolder()}`]);
  expect((await launcher.hello).lacks).toEqual({});
});
afterAll(async () => {
  expect(await launcher.close()).toBe(0);
  await workspace.close();
});

async function run(source: string, input: string) {
  const script = join(workspace.folder, `program-${Math.random().toString(36).slice(2)}`);
  await writeFile(script, source);
  const job = await workspace.job(script, input, { runtime: 'nodejs' });
  const report = await launcher.run(job);
  return { ...report, output: (await workspace.output(job).catch(() => Buffer.alloc(0))).toString() };
}

test.each([
  ['nothing', '', ''],
  ['descriptor 0', `console.log(require('fs').readFileSync(0, 'utf8').length)`, '7\n'],
  ['a path of the input', `process.stdout.write(require('fs').readFileSync('/dev/stdin'))`, 'één\ntwo'],
  [
    'callbacks',
    `require('fs').readFile(0, 'utf8', (e, t) => require('fs').write(1, t, () => {}))`,
    'één\ntwo',
  ],
  ['promises', `require('fs/promises').readFile('/dev/stdin').then((b) => console.log(b.length))`, '9\n'],
  [
    'pieces',
    `const b = Buffer.alloc(4); require('fs').read(0, b, 0, 4, null, (e, n) => console.log(n, b))`,
    null,
  ],
  ['events', `process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase()))`, 'ÉÉN\nTWO'],
  [
    'streams of files',
    `const f = require('fs'); f.createReadStream(null, { fd: 0 }).pipe(f.createWriteStream('/dev/stdout'))`,
    'één\ntwo',
  ],
  [
    'a pipe through zlib',
    `const z = require('zlib'); process.stdin.pipe(z.createDeflate()).pipe(z.createInflate()).pipe(process.stdout)`,
    'één\ntwo',
  ],
  ['an error of zlib', `require('zlib').gunzip('none', (e) => console.log(e.code))`, 'Z_DATA_ERROR\n'],
  ['timers, in order', `setTimeout(() => console.log(2), 5); setImmediate(() => console.log(1))`, '1\n2\n'],
  [
    'a module',
    `import { EOL } from 'node:os'; const t = await (await import('node:stream/consumers')).text(process.stdin); console.log(t.split(EOL).length, import.meta.url)`,
    '2 file:///service.js\n',
  ],
  [
    'a module with a function to call',
    `export default (input) => new TextDecoder().decode(input).length + ''`,
    '7',
  ],
  [
    'a module with a stream to call',
    `export const stream = async ({ read, write }) => { for (let part; (part = read(3)); ) write(part); }`,
    'één\ntwo',
  ],
  [
    'a service that needs Node',
    `const { gzipSync, gunzipSync } = require('zlib'); module.exports = (input) => gunzipSync(gzipSync(input))`,
    'één\ntwo',
  ],
  [
    'a bundle that names module.exports',
    `const own = ((m) => { m.exports = 7; return m.exports; })({}); const unused = (module) => { module.exports = 1; }; console.log(own)`,
    '7\n',
  ],
  ['eval', `console.log(eval('1 + 1'), new Function('return 3')())`, '2 3\n'],
  [
    'random bytes',
    `console.log(require('crypto').randomBytes(8).length, crypto.randomUUID().length)`,
    '8 36\n',
  ],
  ['an end with exit', `console.log('said'); process.exit(0); console.log('not')`, 'said\n'],
  [
    'its own handler',
    `process.on('uncaughtException', (e) => console.log(e.message)); setTimeout(() => { throw new Error('caught'); })`,
    'caught\n',
  ],
  [
    'what it is called',
    `console.log(process.argv[1], __filename, require.main === module, process.cwd())`,
    '/service.js /service.js true /\n',
  ],
  ['a line for an interpreter', `#!/usr/bin/env node\nconsole.log('ran')`, 'ran\n'],
])('%s', async (_what, source, expected) => {
  const { reason, syscall, message, output } = await run(source, 'één\ntwo');
  expect({ reason, syscall, message }).toMatchObject({ reason: 'completed' });
  if (expected === null) expect(output).toMatch(/^4 <Buffer( ..){4}>\n$/);
  else expect(output).toBe(expected);
});

test.each([
  [
    'an exception',
    `const f = () => {\n  throw new TypeError('bad');\n};\nsetTimeout(f)`,
    { exitCode: 1, message: 'TypeError: bad (line 2)' },
  ],
  ['a rejection', `Promise.reject(new Error('no one'))`, { message: 'Error: no one (line 1)' }],
  ['a thrown object', `throw { toString() { throw 1; } }`, { message: /can not be shown/ }],
  ['a syntax error', `\nlet x = ;`, { message: /^SyntaxError: Unexpected token ';' \(line 2\)$/ }],
  ['a module with one', `import x from 'node:fs';\nlet y = ;`, { message: /^SyntaxError/ }],
  [
    'an exit code, and what it said',
    `console.error('no such column'); process.exitCode = 3`,
    { exitCode: 3, message: 'no such column' },
  ],
  ['an exit code alone', `process.exit(258)`, { exitCode: 2, message: 'exit code 2' }],
  [
    'another file',
    `require('./other.js')`,
    { message: /Cannot find module '.\/other.js': a program is one file/ },
  ],
  ['an await for ever', `await new Promise(() => {});`, { message: 'its promise is never settled' }],
])(
  '%s is a failure',
  async (_what, source, { message, ...more }: { message: string | RegExp; exitCode?: number }) => {
    expect(await run(source, '')).toMatchObject({
      ...{ reason: 'failed', ...more },
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  },
);

test.each([
  ['a file', `require('fs').readFileSync('/etc/passwd')`, /^openat$/],
  ['a file of a promise', `require('fs/promises').readFile('/etc/passwd')`, /^(rt_sigprocmask|clone3?)$/],
  [
    'a worker',
    `new (require('worker_threads').Worker)('1', { eval: true })`,
    /^(ioctl|epoll_create1|rt_sigprocmask|clone3?)$/,
  ],
  ['a child', `require('child_process').spawnSync('/bin/true')`, /./],
  ['a second lock', `process.umask(0x0ab10000)`, /^umask$/],
])('%s ends it', async (_what, source, syscall) => {
  expect(await run(source, '')).toMatchObject({
    reason: 'syscall-denied',
    syscall: expect.stringMatching(syscall),
  });
});

test('a full heap is told apart', async () => {
  expect(await run('const all = []; for (;;) all.push(new Array(1e5).fill(all.length));', '')).toMatchObject({
    reason: 'out-of-memory',
  });
});
