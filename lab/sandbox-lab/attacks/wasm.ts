// The attacks in WebAssembly: android-shim/conformance/wasm/attempts.mjs, by name, and what must become of each behind the
// lock. Their imports do what they say (open-wasi.js), so that the wall is tested; what V8 itself refuses ends the same
// outside.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExitReason } from '#agent/sandbox';
import { type AttackRow, type AttackSuite, runtimeFolder } from './attack-suite.ts';

const denied = (attempt: string, syscall: RegExp): AttackRow => ({
  attempt,
  reason: 'syscall-denied',
  syscall,
  control: 'did',
});
const ends = (
  attempt: string,
  reason: ExitReason,
  control: AttackRow['control'],
  more: Partial<AttackRow> = {},
): AttackRow => ({ attempt, reason, control, ...more });

/** As control.cjs says it. */
const trapped = { code: 70 };
const noModule = { code: 65 };

const traps = (attempt: string, message: RegExp): AttackRow => ends(attempt, 'crashed', trapped, { message });
const refused = (attempt: string, message: RegExp): AttackRow =>
  ends(attempt, 'failed', noModule, { message });
const full = (attempt: string, more: Partial<AttackRow> = {}): AttackRow =>
  ends(attempt, 'out-of-memory', 'did', more);
const spins = (attempt: string): AttackRow => ends(attempt, 'wall-timeout', 'endless', { wallMs: 300 });
/** What comes to nothing: it must be let live. */
const harmless = (attempt: string, control: AttackRow['control'], output: string): AttackRow =>
  ends(attempt, 'completed', control, { output, harmless: true });

const rows: readonly AttackRow[] = [
  denied('open-path', /^openat$/),
  denied('make-folder', /^mkdir(at)?$/),
  denied('remove-folder', /^(rmdir|unlinkat)$/),
  denied('unlink-file', /^unlink(at)?$/),
  denied('read-link', /^readlink(at)?$/),
  denied('stat-path', /^statx$/),
  denied('set-path-times', /^utimensat/),
  denied('rename-file', /^rename(at2?)?$/),
  denied('link-file', /^link(at)?$/),
  denied('symlink-file', /^symlink(at)?$/),
  denied('list-folder', /^openat$/),
  denied('close-input', /^close$/),
  denied('examine-input', /^(statx|fstat)$/),
  denied('set-input-times', /^utimensat/),
  denied('read-own-memory', /^openat$/),
  denied('spawn', /^(epoll_create1|pipe2|socketpair|clone3?)$/),
  denied('raw-socket', /^(openat|socket)$/),
  denied('signal-self', /^kill$/),
  denied('lock-again', /^umask$/),
  denied('parent-number', /^getppid$/),
  denied('change-folder', /^chdir$/),
  denied('host-name', /^uname$/),
  denied('set-priority', /^setpriority$/),
  denied('worker', /^(ioctl|epoll_create1|clone3?)$/),
  denied('signal-handler', /^rt_sig/),
  traps('unreachable', /^unreachable$/),
  traps('divide-by-zero', /^divide by zero$/),
  traps('load-outside', /^memory access out of bounds$/),
  traps('load-far-outside', /^memory access out of bounds$/),
  traps('store-before', /^memory access out of bounds$/),
  traps('copy-outside', /^memory access out of bounds$/),
  traps('wrong-type', /^null function or function signature mismatch$/),
  traps('call-nothing', /^null function or function signature mismatch$/),
  traps('call-outside', /^table index is out of bounds$/),
  traps('data-outside', /data segment \d is out of bounds/),
  traps('elements-outside', /out of bounds/),
  traps('start-traps', /^unreachable$/),
  traps('endless-recursion', /^the stack is full$/),
  traps('deep-frames', /^the stack is full$/),
  traps('throw-uncaught', /^an exception that nobody caught$/),
  refused('import-elsewhere', /module="env": module is not an object/),
  refused('import-node', /module="process": module is not an object/),
  refused('import-unknown', /"path_execute": function import requires a callable/),
  refused('import-memory', /"env"/),
  refused('import-prototype', /"constructor": function import requires a callable/),
  refused('no-start', /exports no function _start/),
  ends('two-memories', 'failed', ['did', noModule], { message: /multiple memories|multi-memory/ }),
  harmless('memory-of-64-bits', 'did', 'did'),
  harmless('import-references', 'did', 'did'),
  harmless('memory-is-a-function', { code: 0 }, ''),
  harmless('start-is-an-import', { code: 0 }, ''),
  harmless('ask-during-start', 'did', 'did'),
  spins('spin-for-ever'),
  spins('spin-at-start'),
  spins('ask-for-ever'),
  spins('sleep-for-ever'),
  spins('wait-for-nobody'),
  spins('words-for-ever'),
  spins('throw-for-ever'),
  full('grow-for-ever'),
  full('large-memory'),
  full('largest-memory'),
  full('read-for-ever'),
  full('large-table', { signal: 'SIGABRT' }),
  full('grow-table', { signal: 'SIGABRT' }),
  ends('many-functions', 'out-of-memory', { code: 0 }),
  refused('too-many-functions', /1000001/),
  harmless('large-function', { code: 0 }, ''),
  ends('deep-blocks', 'out-of-memory', { code: 0 }),
  refused('many-locals', /local count too large/),
  ends('output-flood', 'output-limit', { bytes: 64 * 32_768 }),
  refused('no-module', /magic word/),
  refused('nothing-at-all', /BufferSource argument is empty/),
  refused('unknown-version', /version/),
  refused('cut-short', /./),
  refused('section-too-long', /./),
  refused('number-too-long', /./),
  refused('sections-in-disorder', /./),
  refused('count-too-large', /./),
  refused('stack-underflow', /not enough arguments on the stack/),
  refused('unknown-instruction', /Invalid opcode/),
  refused('jump-outside', /invalid branch depth/),
];

export const wasmAttacks: AttackSuite = {
  runtime: 'wasm',
  rows: () => rows,
  launcher: (files) => ({
    program: join(files.programs, 'open', 'abhaya-launcher'),
    arguments: ['--runtime', `wasm=${runtimeFolder(files, 'wasm')}`],
  }),
  async attempts({ programs }) {
    const names = await readFile(join(programs, 'wasm', 'names'), 'utf8');
    return names.trim().split('\n');
  },
  inside: (attempt, { programs }) => ({ program: join(programs, 'wasm', `${attempt}.wasm`) }),
  outside: (attempt, { programs, tools }) => [
    tools.node ?? process.execPath,
    join(programs, 'wasm', 'control.cjs'),
    join(programs, 'wasm', `${attempt}.wasm`),
  ],
};
