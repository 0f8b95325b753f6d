// The bootstrap of the conformance suite's own launcher: the same lock, but nothing is hidden. A service gets Node's own
// require and process, as if it had broken out of its realm, so that what is tested is the wall alone.
'use strict';
{
  const LOCK = 0x0ab10000;
  const END = 0x0ab20000;
  const fs = require('node:fs');
  const vm = require('node:vm');
  // Loaded before the lock, so that an attempt gets as far as the call that it is about.
  for (const name of ['child_process', 'dgram', 'dns', 'net', 'os', 'worker_threads'])
    require(`node:${name}`);
  process.binding('tcp_wrap');
  const say = (text) => {
    const bytes = Buffer.from(String(text).slice(0, 400));
    fs.writeSync(2, bytes, 0, bytes.length, 0);
  };
  const fail = (error) => {
    say(error?.stack?.split('\n')[0] ?? error);
    process.umask(END | 1);
  };
  const readAll = (size) => {
    const parts = [];
    for (let left = size; left > 0; ) {
      const part = Buffer.alloc(Math.min(65_536, left));
      const got = fs.readSync(0, part, 0, part.length, null);
      if (got === 0) break;
      parts.push(part.subarray(0, got));
      left -= got;
    }
    return Buffer.concat(parts);
  };
  const serve = async () => {
    const header = readAll(5);
    if (header[0] === 1) fs.openSync('/', 'r');
    const source = readAll(header.readUInt32BE(1)).toString();
    const module = { exports: {} };
    vm.compileFunction(source, ['module', 'exports', 'require', 'process'])(
      module,
      module.exports,
      require,
      process,
    );
    const result = await module.exports(readAll(Number.POSITIVE_INFINITY));
    if (result !== undefined) fs.writeSync(1, result);
    process.umask(END);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  setImmediate(() => {
    fs.closeSync(2);
    process.umask(LOCK);
    serve().catch(fail);
  });
}
