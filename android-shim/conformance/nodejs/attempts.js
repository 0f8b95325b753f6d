// Escape attempts in JavaScript, by name. Each answers `did` when it has done what it must not be able to do. Run with
// Node's require and process at hand; outside the sandbox too, as the control of each.
/* global module, require, process */

const fs = () => require('node:fs');
const done = (start) =>
  new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve('did')));
  });
/** Asking is enough: refused for want of rights is an answer of the kernel, too. */
const unlessForbidden = (act, ...codes) => {
  try {
    act();
  } catch (error) {
    if (error.code !== 'EPERM' && !codes.includes(error.code)) throw error;
  }
  return 'did';
};
const loop = (body) => {
  for (;;) body();
};
/** A path that nothing has, in a folder that everyone may write to. */
const path = () => `/tmp/abhaya-attempt-${process.pid}`;

const files = {
  'read-file': () => fs().readFileSync('/etc/passwd') && 'did',
  'write-file': () => {
    fs().writeFileSync(path(), 'x');
    fs().unlinkSync(path());
    return 'did';
  },
  'list-folder': () => fs().readdirSync('/') && 'did',
  'stat-path': () => fs().statSync('/') && 'did',
  'access-path': () => fs().accessSync('/') ?? 'did',
  'make-folder': () => {
    fs().mkdirSync(path());
    fs().rmdirSync(path());
    return 'did';
  },
  'make-symlink': () => {
    fs().symlinkSync('/', path());
    fs().unlinkSync(path());
    return 'did';
  },
  'watch-file': () => {
    fs().watch('/').close();
    return 'did';
  },
  'read-own-memory': () => fs().openSync('/proc/self/mem', 'r') && 'did',
  'read-by-promise': async () => ((await fs().promises.readFile('/etc/passwd')) ? 'did' : 'no'),
  'read-by-callback': () => done((end) => fs().readFile('/etc/passwd', end)),
  'change-folder': () => process.chdir('/') ?? 'did',
  'read-link': () => fs().readlinkSync('/proc/self/exe') && 'did',
  'internal-binding': () =>
    process.binding('fs').internalModuleStat(process.binding('fs'), '/') >= 0 && 'did',
  'load-library': () => {
    try {
      process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libm.so.6');
    } catch (error) {
      // Loaded, but no add-on; or not where this machine has it.
      return /self-register|cannot open|No such/.test(String(error)) ? 'did' : String(error);
    }
    return 'did';
  },
  'heap-snapshot': () => {
    fs().unlinkSync(require('node:v8').writeHeapSnapshot(path()));
    return 'did';
  },
};

const processes = {
  spawn: () => (require('node:child_process').spawnSync('/bin/true').error ? 'no' : 'did'),
  'spawn-asynchronously': () => done((end) => require('node:child_process').execFile('/bin/true', end)),
  'signal-other': () => unlessForbidden(() => process.kill(1, 0)),
  'signal-self': () => process.kill(process.pid, 0) && 'did',
  worker: () =>
    done((end) => {
      const { Worker } = require('node:worker_threads');
      new Worker('', { eval: true }).on('exit', () => end()).on('error', end);
    }),
  priority: () => require('node:os').setPriority(1) ?? 'did',
  // In a user namespace that has no such user the kernel says so.
  'set-user': () => unlessForbidden(() => process.setuid(0), 'EINVAL'),
  'signal-handler': () => process.on('SIGUSR2', () => {}) && 'did',
  'lock-again': () => process.umask(0x0ab10000) >= 0 && 'did',
  umask: () => process.umask(0o22) >= 0 && 'did',
  'parent-number': () => process.ppid > 0 && 'did',
};

const network = {
  'raw-socket': () => {
    const { TCP } = process.binding('tcp_wrap');
    const socket = new TCP(0);
    const error = socket.bind('127.0.0.1', 0);
    socket.close();
    return error === 0 ? 'did' : String(error);
  },
  connect: () =>
    done((end) => {
      // Refused is an answer of the network, too.
      require('node:net')
        .connect(9, '127.0.0.1')
        .on('error', () => end())
        .on('connect', () => end());
    }),
  'connect-unix': () =>
    done((end) =>
      require('node:net')
        .connect('/tmp/nobody')
        .on('error', () => end()),
    ),
  listen: () =>
    done((end) => {
      const server = require('node:net').createServer();
      server.listen(0, '127.0.0.1', () => server.close(end)).on('error', end);
    }),
  udp: () =>
    done((end) => {
      const socket = require('node:dgram').createSocket('udp4');
      socket.bind(0, '127.0.0.1', () => socket.close(end));
    }),
  fetch: () => fetch('http://127.0.0.1:9/').catch(() => 'did'),
  'look-up-name': () => done((end) => require('node:dns').lookup('localhost', end)),
  interfaces: () => require('node:os').networkInterfaces() && 'did',
  inspector: () => {
    const inspector = require('node:inspector');
    inspector.open(0, '127.0.0.1');
    inspector.close();
    return 'did';
  },
};

const machine = {
  'host-name': () => require('node:os').hostname() && 'did',
  processors: () => (require('node:os').cpus().length > 0 ? 'did' : 'no'),
  'free-memory': () => (require('node:os').freemem() > 0 ? 'did' : 'no'),
  'load-average': () => (require('node:os').loadavg().length === 3 ? 'did' : 'no'),
};

const descriptors = {
  'close-input': () => fs().closeSync(0) ?? 'did',
  'sync-output': () => {
    try {
      fs().fsyncSync(1);
    } catch (error) {
      return error.code === 'EINVAL' ? 'did' : error.code; // a pipe can't be synced, and the kernel says so
    }
    return 'did';
  },
  'examine-input': () => fs().fstatSync(0) && 'did',
  'write-elsewhere': () => {
    try {
      fs().writevSync(2, [new Uint8Array(1)]);
    } catch (error) {
      return error.code;
    }
    return 'did';
  },
};

const limits = {
  'heap-bomb': () => {
    const kept = [];
    for (let i = 0; i < 40; i++) kept.push(new Array(262_144).fill(i + 0.5)); // 80 MB
    return kept.length === 40 ? 'did' : 'no';
  },
  'object-bomb': () => {
    const kept = [];
    for (let i = 0; i < 2e6; i++) kept.push({ i, text: `number ${i}` });
    return kept.length === 2e6 ? 'did' : 'no';
  },
  'buffer-bomb': () => {
    const kept = [];
    for (let i = 0; i < 100; i++) kept.push(new Uint8Array(1_048_576).fill(1));
    return kept.length === 100 ? 'did' : 'no';
  },
  'large-buffer': () => (new Uint8Array(200e6).length === 200e6 ? 'did' : 'no'),
  'string-bomb': () => {
    const kept = [];
    for (let i = 0; i < 100; i++) kept.push(Buffer.alloc(1e6, i).toString('latin1') + i);
    return kept.length === 100 ? 'did' : 'no';
  },
  'wasm-bomb': () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
    for (let i = 0; i < 100; i++) {
      memory.grow(16);
      new Uint8Array(memory.buffer).fill(1);
    }
    return 'did';
  },
  'array-buffer-never-touched': () => (new ArrayBuffer(500e6).byteLength === 500e6 ? 'did' : 'no'),
  'spin-for-ever': () => loop(() => {}),
  'spin-in-a-pattern': () => /^(a+)+$/.test(`${'a'.repeat(40)}!`),
  'wait-for-ever': () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  'sleep-for-ever': () => new Promise((resolve) => setTimeout(resolve, 1e9)),
  'output-flood': () => {
    const chunk = new Uint8Array(65_536);
    for (let i = 0; i < 64; i++) fs().writeSync(1, chunk);
    return 'did';
  },
  'deep-recursion': () => {
    const deeper = () => deeper() + 1;
    return deeper();
  },
  'promise-flood': async () => {
    const again = async () => {
      await null;
      return again();
    };
    return again();
  },
  'words-flood': () => {
    const words = new Uint8Array(1000).fill(97);
    loop(() => fs().writeSync(2, words, 0, words.length, 0));
  },
  'exit-code': () => process.reallyExit(7),
  abort: () => process.abort(),
};

const attempts = { ...files, ...processes, ...network, ...machine, ...descriptors, ...limits };
module.exports = (input) => attempts[new TextDecoder().decode(input)]();
module.exports.names = Object.keys(attempts);
