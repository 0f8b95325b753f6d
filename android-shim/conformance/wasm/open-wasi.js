// Comes behind the launcher's wasi.js in the conformance suite's own launcher: the same imports, but each does what it says,
// with Node's own functions, and `open.run` runs JavaScript. As if a module had broken out of V8: what is tested is the
// wall alone. control.cjs uses the same outside.

{
  const fs = require('node:fs');
  const vm = require('node:vm');
  // Loaded before the lock, so that an attempt gets as far as the call that it is about.
  for (const name of ['child_process', 'net', 'os', 'worker_threads']) require(`node:${name}`);
  process.binding('tcp_wrap');
  const { createWasi } = module.exports;
  const FAILED = 29;

  const openWasi = (host) => {
    const wasi = createWasi(host);
    let memory;
    const text = (at, length) => {
      host.prepare?.();
      return Buffer.from(memory.buffer, at, length).toString();
    };
    const calls = {
      path_open: (_fd, _flags, at, length) => fs.openSync(text(at, length)),
      path_create_directory: (_fd, at, length) => fs.mkdirSync(text(at, length)),
      path_remove_directory: (_fd, at, length) => fs.rmdirSync(text(at, length)),
      path_unlink_file: (_fd, at, length) => fs.unlinkSync(text(at, length)),
      path_readlink: (_fd, at, length) => fs.readlinkSync(text(at, length)),
      path_filestat_get: (_fd, _flags, at, length) => fs.statSync(text(at, length)),
      path_filestat_set_times: (_fd, _flags, at, length) => fs.utimesSync(text(at, length), 0, 0),
      path_rename: (_fd, at, length, _to, at2, length2) =>
        fs.renameSync(text(at, length), text(at2, length2)),
      path_link: (_fd, _flags, at, length, _to, at2, length2) =>
        fs.linkSync(text(at, length), text(at2, length2)),
      path_symlink: (at, length, _fd, at2, length2) => fs.symlinkSync(text(at, length), text(at2, length2)),
      fd_readdir: () => fs.readdirSync(text(0, 0) || '.'),
      fd_close: (fd) => fs.closeSync(fd),
      fd_filestat_get: (fd) => fs.fstatSync(fd),
      fd_filestat_set_times: (fd) => fs.futimesSync(fd, 0, 0),
      run: (at, length) => new vm.Script(text(at, length)).runInThisContext()(require),
    };
    const real =
      (call) =>
      (...args) => {
        try {
          call(...args);
          return 0;
        } catch {
          return FAILED;
        }
      };
    for (const [name, call] of Object.entries(calls)) wasi.imports[name] = real(call);
    return {
      imports: wasi.imports,
      attach(exported) {
        memory = exported;
        wasi.attach(exported);
      },
    };
  };
  module.exports.createWasi = openWasi;
}
