// Attempts as WebAssembly modules, by name: text, or bytes where no text makes them. A module writes `did` where it got what
// it wanted, and ends with 3 where it was told no.

import { floods } from './floods.mjs';

const call = (name, params, result = '(result i32)') =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${params}) ${result}))`;
/** What every module has: ways to say that it did it, or that it was told no. */
const frame = (imports, body, memory = '(memory (export "memory") 1)') => `(module
  ${call('fd_write', 'i32 i32 i32 i32').replace('$fd_write', '$say')}
  ${call('proc_exit', 'i32', '').replace('$proc_exit', '$exit')}
  ${imports}
  ${memory}
  (data (i32.const 0) "did")
  (data (i32.const 16) "\\00\\00\\00\\00\\03\\00\\00\\00")
  (data (i32.const 1024) "file")
  (data (i32.const 1040) "new")
  (data (i32.const 1056) "folder")
  (data (i32.const 1072) "link")
  (func $did
    (drop (call $say (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))
    (call $exit (i32.const 0)))
  (func $no (call $exit (i32.const 3)))
  ${body})`;
const start = (body) => `(func (export "_start") ${body})`;
const all = (...numbers) => numbers.map((n) => (typeof n === 'string' ? n : `(i32.const ${n})`)).join(' ');
/** One call, which must succeed. */
const asks = (name, params, ...args) =>
  frame(
    name === 'fd_write' ? '' : call(name, params),
    start(`(if (call $${name} ${all(...args)}) (then (call $no))) (call $did)`),
  );
/** Imports may have any name and any type: this one runs JavaScript where the bootstrap hides nothing. */
const runs = (script) =>
  frame(
    call('run', 'i32 i32'),
    `(data (i32.const 2048) "${script.replaceAll('"', '\\22')}")
     ${start(`(if (call $run (i32.const 2048) (i32.const ${script.length})) (then (call $no))) (call $did)`)}`,
  );

const [FILE, NEW, FOLDER, LINK] = [1024, 1040, 1056, 1072];
const i64 = '(i64.const 0)';

const calls = {
  'open-path': asks('path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32', 3, 0, FILE, 4, 0, i64, i64, 0, 64),
  'make-folder': asks('path_create_directory', 'i32 i32 i32', 3, NEW, 3),
  'remove-folder': asks('path_remove_directory', 'i32 i32 i32', 3, FOLDER, 6),
  'unlink-file': asks('path_unlink_file', 'i32 i32 i32', 3, FILE, 4),
  'read-link': asks('path_readlink', 'i32 i32 i32 i32 i32 i32', 3, LINK, 4, 64, 64, 32),
  'stat-path': asks('path_filestat_get', 'i32 i32 i32 i32 i32', 3, 0, FILE, 4, 64),
  'set-path-times': asks(
    'path_filestat_set_times',
    'i32 i32 i32 i32 i64 i64 i32',
    3,
    0,
    FILE,
    4,
    i64,
    i64,
    0,
  ),
  'rename-file': asks('path_rename', 'i32 i32 i32 i32 i32 i32', 3, FILE, 4, 3, NEW, 3),
  'link-file': asks('path_link', 'i32 i32 i32 i32 i32 i32 i32', 3, 0, FILE, 4, 3, NEW, 3),
  'symlink-file': asks('path_symlink', 'i32 i32 i32 i32 i32', FILE, 4, 3, NEW, 3),
  'list-folder': asks('fd_readdir', 'i32 i32 i32 i64 i32', 3, 64, 64, i64, 32),
  'close-input': asks('fd_close', 'i32', 0),
  'examine-input': asks('fd_filestat_get', 'i32 i32', 0, 64),
  'set-input-times': asks('fd_filestat_set_times', 'i32 i64 i64 i32', 0, i64, i64, 0),
};

const scripts = {
  'read-own-memory': `(r) => r('fs').openSync('/proc/self/mem')`,
  spawn: `(r) => { if (r('child_process').spawnSync('true').error) throw 1; }`,
  'raw-socket': `(r) => { if (new (process.binding('tcp_wrap').TCP)(0).bind('127.0.0.1', 0)) throw 1; }`,
  'signal-self': `() => process.kill(process.pid, 0)`,
  'lock-again': `() => process.umask(0x0ab10000)`,
  'parent-number': `() => process.ppid`,
  'change-folder': `() => process.chdir('/')`,
  'host-name': `(r) => r('os').hostname()`,
  'set-priority': `(r) => r('os').setPriority(1)`,
  worker: `(r) => new (r('worker_threads').Worker)('', { eval: true }).unref()`,
  'signal-handler': `() => process.on('SIGUSR2', () => {})`,
};

const traps = {
  unreachable: frame('', start('(unreachable)')),
  'divide-by-zero': frame('', start('(drop (i32.div_u (i32.const 1) (i32.load (i32.const 60000))))')),
  'load-outside': frame('', start('(drop (i32.load (i32.const 65533)))')),
  'load-far-outside': frame('', start('(drop (i64.load offset=0xffffffff (i32.const -1)))')),
  'store-before': frame('', start('(i32.store (i32.const -8) (i32.const 1))')),
  'copy-outside': frame('', start('(memory.copy (i32.const 65000) (i32.const 0) (i32.const 4096))')),
  'wrong-type': frame(
    '',
    `(table 2 funcref) (elem (i32.const 0) $did $two) (func $two (param i64) (result i64) (local.get 0))
     ${start('(drop (call_indirect (param i32) (result i32) (i32.const 7) (i32.const 1)))')}`,
  ),
  'call-nothing': frame('', `(table 2 funcref) ${start('(call_indirect (i32.const 1))')}`),
  'call-outside': frame('', `(table 2 funcref) ${start('(call_indirect (i32.const 100000000))')}`),
  'data-outside': frame('', `(data (i32.const 65534) "four") ${start('(call $did)')}`),
  'elements-outside': frame('', `(table 1 funcref) (elem (i32.const 1) $did) ${start('(call $did)')}`),
  'start-traps': frame('', `(start $first) (func $first (unreachable)) ${start('(call $did)')}`),
  'endless-recursion': frame('', `(func $deep (call $deep)) ${start('(call $deep)')}`),
  'deep-frames': frame(
    '',
    `(func $deep (param i64 i64 i64 i64) (result i64)
       (i64.add (local.get 0) (call $deep (local.get 1) (local.get 2) (local.get 3) (i64.const 1))))
     ${start('(drop (call $deep (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))')}`,
  ),
  'throw-uncaught': frame('', `(tag $t (param i32)) ${start('(throw $t (i32.const 1))')}`),
};

const refused = {
  'import-elsewhere': frame(
    '(import "env" "system" (func $system (param i32) (result i32)))',
    start('(call $did)'),
  ),
  'import-node': frame(
    '(import "process" "binding" (func $b (param i32) (result i32)))',
    start('(call $did)'),
  ),
  'import-unknown': frame(call('path_execute', 'i32'), start('(call $did)')),
  'import-memory': frame('', start('(call $did)'), '(import "env" "memory" (memory 1))'),
  'import-prototype': frame('(import "wasi_snapshot_preview1" "constructor" (func $c))', start('(call $c)')),
  'no-start': frame('', ''),
  'two-memories': frame('', start('(call $did)'), '(memory (export "memory") 1) (memory 1)'),
  'memory-of-64-bits': frame('', start('(call $did)'), '(memory (export "memory") i64 1)').replaceAll(
    '(data (i32.const',
    '(data (i64.const',
  ),
};

/** Imports with other types than theirs, and what comes back: no object may, and nothing may break. */
const confused = {
  'import-references': frame(
    `(import "wasi_snapshot_preview1" "fd_write" (func $w (param externref funcref i64 f64) (result externref)))
     (import "wasi_snapshot_preview1" "random_get" (func $r (param externref) (result f64)))`,
    `(elem declare func $did)
     ${start(`(drop (call $w (ref.null extern) (ref.func $did) (i64.const -1) (f64.const nan)))
       (drop (call $r (call $w (ref.null extern) (ref.null func) (i64.const 1) (f64.const 1)))) (call $did)`)}`,
  ),
  'memory-is-a-function': frame('', `(func (export "memory")) ${start('(call $did)')}`, '(memory 1)'),
  'start-is-an-import': `(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (export "_start" (func 0)))`,
  'ask-during-start': frame(
    call('random_get', 'i32 i32'),
    `(start $first) (func $first (if (i32.eqz (call $random_get (i32.const 0) (i32.const 8))) (then (unreachable))))
     ${start('(call $did)')}`,
  ),
};

const endless = {
  'spin-for-ever': frame('', start('(loop $l (br $l))')),
  'spin-at-start': frame('', `(start $first) (func $first (loop $l (br $l))) ${start('(call $did)')}`),
  'ask-for-ever': frame(
    call('sched_yield', '').replace('(param )', ''),
    start('(loop $l (drop (call $sched_yield)) (br $l))'),
  ),
  'sleep-for-ever': frame(
    call('poll_oneoff', 'i32 i32 i32 i32'),
    // A clock, 292 years.
    `(data (i32.const 4096) "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\7f")
     ${start('(drop (call $poll_oneoff (i32.const 4096) (i32.const 8192) (i32.const 1) (i32.const 64)))')}`,
  ),
  'wait-for-nobody': frame(
    '',
    start('(drop (memory.atomic.wait32 (i32.const 128) (i32.const 0) (i64.const -1)))'),
    '(memory (export "memory") 1 1 shared)',
  ),
  'words-for-ever': frame(
    '',
    start('(loop $l (drop (call $say (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 32))) (br $l))'),
  ),
  'throw-for-ever': frame('', `(tag $t) ${start('(loop $l (try (do (throw $t)) (catch $t)) (br $l))')}`),
};

export const attempts = {
  ...calls,
  ...Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, runs(script)])),
  ...traps,
  ...refused,
  ...confused,
  ...endless,
  ...floods(frame, start),
};
