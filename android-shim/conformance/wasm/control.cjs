// `node control.cjs MODULE`: an attempt outside the sandbox, with imports that do what they say. Ends with 0 and `did`, the
// module's own code, 65 for what is no module, 70 for a trap, 71 for memory that can't be had.

const { mkdirSync, mkdtempSync, readFileSync, readSync, rmSync, symlinkSync, writeFileSync, writeSync } =
  require('node:fs');
const { randomFillSync } = require('node:crypto');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const [NO_MODULE, TRAP, NO_MEMORY] = [65, 70, 71];
const loaded = { exports: {} };
Function('module', 'require', readFileSync(join(__dirname, 'open-wasi.js'), 'utf8'))(loaded, require);

let folder;
const host = {
  /** Made when a path is named for the first time: attempts that have to be killed name none. */
  prepare() {
    if (folder !== undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'abhaya-control-'));
    process.chdir(folder);
    writeFileSync('file', 'x');
    mkdirSync('folder');
    symlinkSync('file', 'link');
  },
  read: (view) => readSync(0, view),
  write: (view) => writeSync(1, view),
  say: () => {},
  random: (view) => void randomFillSync(view),
  now: (clock) =>
    clock === 0 ? BigInt(Date.now()) * 1_000_000n : clock === 1 ? process.hrtime.bigint() : undefined,
  sleep: (milliseconds) =>
    void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(milliseconds, 1e9)),
  exit: (code) => process.exit(code),
};
process.on('exit', () => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

try {
  const compiled = new WebAssembly.Module(readFileSync(process.argv[2]));
  const wasi = loaded.exports.createWasi(host);
  const { exports } = new WebAssembly.Instance(compiled, { wasi_snapshot_preview1: wasi.imports });
  if (exports.memory instanceof WebAssembly.Memory) wasi.attach(exports.memory);
  exports._start();
} catch (error) {
  const memory = error instanceof RangeError && /memory/i.test(error.message);
  const trap = error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception;
  process.exitCode = memory ? NO_MEMORY : trap || /call stack/.test(error.message) ? TRAP : NO_MODULE;
}
