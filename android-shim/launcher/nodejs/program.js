// A script that is a program, not a function for us to call, or that needs what Node gives: it is run in Node's realm, with
// its require, process and console. What of them asks the kernel for more than read and write is made of these two here;
// the wall is the filter, where everything else ends. Part of the launcher, in front of bootstrap.js.

{
  const NAME = '/service.js';
  const CHUNK = 65_536;
  const WORDS_MAX = 400;
  const [INPUT, OUTPUT] = [0, 1];
  const inputs = new Set([INPUT, '/dev/stdin', '/proc/self/fd/0']);
  const outputs = new Set([OUTPUT, '/dev/stdout', '/proc/self/fd/1']);

  /** A service sets module.exports to a function that we call; a script that never names it is a program. */
  const isProgram = (source) => !/\bmodule\s*\.\s*exports\b|\bexports\s*[.[]/.test(source);

  /** What V8 says of an ES module that it compiles as a script. */
  const isModule = (error) =>
    error?.name === 'SyntaxError' &&
    /import statement|import\.meta|Unexpected token 'export'|await is only valid/.test(error.message);

  /**
   * `host`: read(view) and write(view) are whole and blocking, read answers how many bytes; finish(code, words) never comes
   * back; fail(words) neither; the rest is Node's own. Answers a function that runs a source, and loads little until then.
   */
  const createProgram = ({ read, write, finish, fail, fs, vm, require, process }) => {
    // It asks for the kernel's name when it is loaded, and much loads it for the end of a line.
    require('node:os');

    const readSome = () => {
      const part = Buffer.allocUnsafeSlow(CHUNK);
      const got = fs.readSync(INPUT, part, 0, CHUNK, null);
      return got === 0 ? null : part.subarray(0, got);
    };
    const readAll = () => {
      const parts = [];
      for (let part = readSome(); part !== null; part = readSome()) parts.push(part);
      return Buffer.concat(parts);
    };
    const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);
    const readAllAs = (options) => {
      const encoding = encodingOf(options);
      return encoding && encoding !== 'buffer' ? readAll().toString(encoding) : readAll();
    };
    const writeAs = (data, options) =>
      write(typeof data === 'string' ? Buffer.from(data, encodingOf(options) ?? 'utf8') : data);

    // --- standard streams: Node's own ask what kind of file their descriptor is ---

    let said = '';
    const standard = {
      stdin: () =>
        Object.assign(
          new (require('node:stream').Readable)({
            read() {
              this.push(readSome());
            },
          }),
          { fd: INPUT },
        ),
      stdout: () => sink(OUTPUT, write),
      stderr: () =>
        sink(2, (chunk) => {
          said = (said + chunk.toString()).slice(-4 * WORDS_MAX);
        }),
    };
    const sink = (fd, take) =>
      Object.assign(
        new (require('node:stream').Writable)({
          write(chunk, _encoding, done) {
            let error = null;
            try {
              take(chunk);
            } catch (thrown) {
              error = thrown;
            }
            done(error);
          },
        }),
        { fd },
      );
    const openStreams = () => {
      for (const [name, open] of Object.entries(standard)) {
        let stream;
        const get = () => {
          stream ??= open();
          return stream;
        };
        Object.defineProperty(process, name, { get, configurable: true, enumerable: true });
      }
    };

    // --- node:fs, of the two pipes: files have a size and are read by other threads ---

    const later = (callback, act) => {
      let result;
      let error = null;
      try {
        result = act();
      } catch (thrown) {
        error = thrown;
      }
      setImmediate(() => callback(error, result));
    };
    const openFiles = () => {
      const { readFileSync, writeFileSync, appendFileSync, readFile, writeFile, read: readAny } = fs;
      const { write: writeAny, createReadStream, createWriteStream, promises } = fs;
      const own = { readFile: promises.readFile, writeFile: promises.writeFile };
      fs.readFileSync = (path, options) =>
        inputs.has(path) ? readAllAs(options) : readFileSync(path, options);
      const orElse = (otherwise) => (path, data, options) =>
        outputs.has(path) ? writeAs(data, options) : otherwise(path, data, options);
      fs.writeFileSync = orElse(writeFileSync);
      fs.appendFileSync = orElse(appendFileSync);
      fs.readFile = (path, options, callback = options) =>
        inputs.has(path) ? later(callback, () => readAllAs(options)) : readFile(path, options, callback);
      fs.writeFile = (path, data, options, callback = options) =>
        outputs.has(path)
          ? later(callback, () => writeAs(data, options))
          : writeFile(path, data, options, callback);
      promises.readFile = async (path, options) =>
        inputs.has(path) ? readAllAs(options) : own.readFile(path, options);
      promises.writeFile = async (path, data, options) =>
        outputs.has(path) ? writeAs(data, options) : own.writeFile(path, data, options);
      const pieceOf =
        (pipe, sync, otherwise) =>
        (fd, ...rest) => {
          const callback = rest.pop();
          if (fd !== pipe) return otherwise(fd, ...rest, callback);
          later(
            (error, length) => callback(error, length, rest[0]),
            () => sync(fd, ...rest),
          );
        };
      fs.read = pieceOf(INPUT, fs.readSync, readAny);
      fs.write = pieceOf(OUTPUT, fs.writeSync, writeAny);
      fs.createReadStream = (path, options) =>
        inputs.has(options?.fd ?? path) ? process.stdin : createReadStream(path, options);
      fs.createWriteStream = (path, options) =>
        outputs.has(options?.fd ?? path) ? process.stdout : createWriteStream(path, options);
    };

    // --- node:zlib: its streams compress in other threads, which there are none of ---

    let zlibIsOpen = false;
    const openZlib = () => {
      if (zlibIsOpen) return;
      zlibIsOpen = true;
      for (const Kind of Object.values(process.binding('zlib'))) {
        if (typeof Kind?.prototype?.writeSync !== 'function') continue;
        const { init, writeSync } = Kind.prototype;
        const callbacks = new WeakMap();
        Kind.prototype.init = function (...args) {
          callbacks.set(
            this,
            args.find((arg) => typeof arg === 'function'),
          );
          return init.apply(this, args);
        };
        Kind.prototype.write = function (...args) {
          let failed = false;
          const { onerror } = this;
          this.onerror = (...error) => {
            failed = true;
            return onerror.apply(this, error);
          };
          writeSync.apply(this, args);
          this.onerror = onerror;
          if (!failed) setImmediate(() => callbacks.get(this)?.call(this));
        };
      }
    };

    // --- the process ---

    const lastWords = (code) => said.trim().slice(-WORDS_MAX) || `exit code ${code}`;
    const openProcess = () => {
      process.argv = [process.execPath, NAME];
      process.execArgv = [];
      process.cwd = () => '/';
      process.memoryUsage = () => {
        const { used_heap_size, total_heap_size, external_memory } = require('node:v8').getHeapStatistics();
        return {
          ...{ rss: total_heap_size + external_memory, heapTotal: total_heap_size, heapUsed: used_heap_size },
          ...{ external: external_memory, arrayBuffers: external_memory },
        };
      };
      process.reallyExit = (code) => finish(code & 255, lastWords(code & 255));
    };

    const shown = (error) => {
      try {
        const stack = String(error?.stack ?? '');
        const line = /\/service\.js:(\d+)/.exec(stack)?.[1];
        const text = error instanceof Error ? String(error) : `it threw ${String(error)}`;
        return line === undefined ? text : `${text} (line ${line})`;
      } catch {
        return 'it threw something that can not be shown';
      }
    };

    // --- its modules: those of Node ---

    const openModule = (name) => {
      if (!require('node:module').isBuiltin(name))
        throw Object.assign(new Error(`Cannot find module '${name}': a program is one file`), {
          code: 'MODULE_NOT_FOUND',
        });
      if (/^(node:)?zlib$/.test(name)) openZlib();
      return require(name);
    };
    const link = async (name) => {
      const exported = openModule(name);
      const names = [...new Set([...Object.keys(exported), 'default'])];
      const module = new vm.SyntheticModule(names, () => {
        for (const key of names) module.setExport(key, key === 'default' ? exported : exported[key]);
      });
      await module.link(() => {});
      await module.evaluate();
      return module;
    };

    /** What it exports may be a function for us to call, as in bootstrap.js; a program exports nothing. */
    const serveExports = async ({ default: service, stream = service?.stream }) => {
      if (typeof stream === 'function') {
        const some = (size = CHUNK) => {
          const view = new Uint8Array(size);
          const got = read(view);
          return got === 0 && size > 0 ? null : view.subarray(0, got);
        };
        await stream({ read: some, write: (data) => writeAs(data) });
      } else if (typeof service === 'function') {
        const result = await service(new Uint8Array(readAll()));
        if (result !== undefined) writeAs(result);
      }
    };
    const runScript = async (compiled) => {
      const module = { exports: {}, id: '.', filename: NAME, path: '/', loaded: false, children: [] };
      const own = Object.assign((name) => openModule(name), {
        ...{ main: module, cache: {}, resolve: (name) => name },
      });
      compiled.call(module.exports, module.exports, own, module, NAME, '/');
      const { exports } = module;
      await serveExports({ default: exports?.default ?? exports, stream: exports?.stream });
    };
    const runModule = async (source) => {
      const module = new vm.SourceTextModule(source, {
        ...{ identifier: NAME, importModuleDynamically: link },
        initializeImportMeta: (meta) =>
          Object.assign(meta, { url: `file://${NAME}`, filename: NAME, dirname: '/' }),
      });
      await module.link(link);
      await module.evaluate();
      await serveExports(module.namespace);
    };
    const run = async (source) => {
      const names = ['exports', 'require', 'module', '__filename', '__dirname'];
      let compiled;
      try {
        compiled = vm.compileFunction(source, names, { filename: NAME, importModuleDynamically: link });
      } catch (error) {
        if (!isModule(error)) throw error;
      }
      await (compiled === undefined ? runModule(source) : runScript(compiled));
    };

    return (source) => {
      openStreams();
      openFiles();
      openProcess();
      let pending = true;
      for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);
      process.on('uncaughtException', (error) => {
        if (process.listenerCount('uncaughtException') === 1) fail(shown(error));
      });
      process.on('beforeExit', () => (pending ? fail('its promise is never settled') : process.exit()));
      run(source.replace(/^#!/, '//')).then(
        () => {
          pending = false;
        },
        (error) => fail(shown(error)),
      );
    };
  };

  module.exports = { isProgram, isModule, createProgram };
}
