// What Node.js runs before the service's code is there, and how it then runs that code. Part of the launcher, behind
// program.js, which runs what is no function for us to call.
// Order: make the service's realm, warm what is used later, close descriptor 2, ask the launcher for the lock, and only
// then read the first byte of the input pipe. The seccomp filter is the wall; the realm without Node is courtesy.

{
  const LOCK = 0x0ab10000;
  const END = 0x0ab20000;
  const FAILED = 1;
  const OUT_OF_MEMORY = 256;
  const [INPUT, OUTPUT, WORDS] = [0, 1, 2];
  const CHUNK = 65_536;

  const fs = require('node:fs');
  const vm = require('node:vm');
  const { TextDecoder, TextEncoder } = require('node:util');
  const { isProgram, isModule, createProgram } = module.exports;
  const { umask } = process;
  const { readSync, writeSync } = fs;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  const say = (text) => {
    const bytes = encoder.encode(String(text).slice(0, 400));
    // A position makes it pwrite64, to a descriptor that does not exist: the launcher takes the bytes.
    writeSync(WORDS, bytes, 0, bytes.length, 0);
  };
  const end = (code) => {
    umask(END | code);
  };
  const fail = (text) => {
    const memory = /Array buffer allocation failed|could not allocate memory|Out of memory/i.test(text);
    say(text);
    end(memory ? OUT_OF_MEMORY : FAILED);
  };

  /** Fills the view; answers how many bytes there were before the end of the input. */
  const readInto = (view) => {
    let filled = 0;
    while (filled < view.length) {
      const got = readSync(INPUT, view, filled, Math.min(CHUNK, view.length - filled), null);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  const writeAll = (view) => {
    for (let at = 0; at < view.length; ) at += writeSync(OUTPUT, view, at, Math.min(CHUNK, view.length - at));
  };

  // The service's realm: what V8 gives, and what the prelude makes there out of a few functions. They take views and
  // strings, answer numbers and strings, and are never handed to the service; nor is anything else of this realm.
  const realm = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: true, wasm: true },
  });
  const prelude = vm.runInContext(
    `'use strict';
    (hostRead, hostWrite, hostEncode, hostDecode, hostHas) => {
      const call = Function.prototype.call.bind(Function.prototype.call);
      const { Uint8Array, Error, TypeError, String, ArrayBuffer } = globalThis;
      const { then } = Promise.prototype;
      const { split } = String.prototype;
      const guarded = (host, ...args) => {
        let result;
        try { result = host(...args); } catch { throw new Error('the pipe is closed'); }
        return result;
      };
      const bytesOf = (value) => {
        if (value instanceof Uint8Array) return value;
        if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        if (value instanceof ArrayBuffer) return new Uint8Array(value);
        throw new TypeError('bytes are expected: a Uint8Array, another view, an ArrayBuffer');
      };
      class TextEncoder {
        get encoding() { return 'utf-8'; }
        encode(text = '') {
          const string = String(text);
          const out = new Uint8Array(string.length * 3);
          return out.slice(0, guarded(hostEncode, string, out));
        }
      }
      class TextDecoder {
        get encoding() { return 'utf-8'; }
        decode(bytes = new Uint8Array()) { return guarded(hostDecode, bytesOf(bytes)); }
      }
      const hide = (name, value) =>
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      hide('TextEncoder', TextEncoder);
      hide('TextDecoder', TextDecoder);
      const io = {
        /** Up to size bytes, fewer only at the end of the input; null after it. */
        read(size = 65536) {
          const out = new Uint8Array(size);
          const got = guarded(hostRead, out);
          return got === 0 && size > 0 ? null : got === size ? out : out.subarray(0, got);
        },
        write(data) {
          guarded(hostWrite, typeof data === 'string' ? new TextEncoder().encode(data) : bytesOf(data));
        },
      };
      const readAll = () => {
        const parts = [];
        let size = 0;
        for (let part; (part = io.read(262144)) !== null; size += part.length) parts.push(part);
        if (parts.length === 1) return parts[0];
        const all = new Uint8Array(size);
        let at = 0;
        for (const part of parts) { all.set(part, at); at += part.length; }
        return all;
      };
      /** It needs Node itself, and has done nothing yet: there is nothing here that it could have done it with. */
      const missesNode = (error) =>
        error instanceof ReferenceError && hostHas(String(error.message).split(' is not defined')[0]);
      /** Answers false for what is no service: a program. */
      const serve = async (compile) => {
        const module = { exports: {} };
        try {
          call(compile(), undefined, module, module.exports);
        } catch (error) {
          if (missesNode(error)) return false;
          throw error;
        }
        // As TypeScript and bundlers write it: export default, export const stream.
        const service = module.exports?.default ?? module.exports;
        const stream = module.exports?.stream ?? service?.stream;
        if (typeof stream === 'function') {
          await stream(io);
          return true;
        }
        if (typeof service === 'object' && service !== null && Object.keys(service).length === 0) return false;
        if (typeof service !== 'function')
          throw new TypeError('the service has no module.exports function, and no module.exports.stream');
        const result = await service(readAll());
        if (result !== undefined) io.write(result);
        return true;
      };
      const shown = (error) => {
        try {
          return call(split, String(error?.stack ?? error), '\\n    at ')[0];
        } catch {
          return 'it threw something that can not be shown';
        }
      };
      return (compile, completed, failed) =>
        void call(then, serve(compile), (served) => completed(served), (error) => failed(shown(error)));
    }`,
    realm,
    { filename: 'prelude' },
  );
  const run = prelude(
    (view) => readInto(view),
    (view) => writeAll(view),
    (text, view) => encoder.encodeInto(text, view).written,
    (view) => decoder.decode(view),
    (name) => name in globalThis || ['require', '__filename', '__dirname'].includes(name),
  );

  const compile = (source) => {
    // Its own realm, its own name; a syntax error is the service's.
    return vm.compileFunction(source, ['module', 'exports'], { parsingContext: realm, filename: 'service' });
  };

  const serveProgram = createProgram({
    ...{ read: readInto, write: writeAll, fail, fs, vm, require, process },
    finish(code, words) {
      if (code !== 0) say(words);
      end(code);
    },
  });

  const serve = () => {
    const header = new Uint8Array(5);
    if (readInto(header) < header.length) return fail('no code came');
    const length = new DataView(header.buffer).getUint32(1);
    const code = new Uint8Array(length);
    if (readInto(code) < length) return fail('the code was cut short');
    // The launcher's canary: what it must not be able to do.
    if (header[0] === 1) {
      fs.openSync('/', 'r');
      return end(3);
    }
    const source = decoder.decode(code);
    if (isProgram(source)) return serveProgram(source);
    let script;
    try {
      const compiled = compile(source);
      script = () => compiled;
    } catch (error) {
      if (isModule(error)) return serveProgram(source);
      script = () => {
        throw error;
      };
    }
    // Nothing is left that could ever settle its promise.
    const unsettled = () => fail('its promise is never settled');
    process.on('beforeExit', unsettled);
    const served = (service) => {
      if (service) return end(0);
      process.off('beforeExit', unsettled);
      serveProgram(source);
    };
    run(script, served, fail);
  };

  decoder.decode(encoder.encode('ä'));
  // Time zones are read from files: the sandbox's is UTC.
  process.env.TZ = 'UTC';
  vm.runInContext('String(new Date(0)) + new Date(0).toLocaleString() + (1.5).toLocaleString()', realm);
  // Of its own promises, or of ours: there is no third.
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, () => fail('a promise of its own was rejected, and nobody looked at it'));
  // Warm: a service of ours goes the whole way, so that nothing is compiled or loaded for the first time after the lock.
  const warm =
    'module.exports.stream = ({ read, write }) => { read(0); write(""); write(new Uint8Array(0)); }';
  const lock = () => {
    fs.closeSync(WORDS);
    umask(LOCK);
    serve();
  };
  setImmediate(() =>
    run(
      () => compile(warm),
      () => setImmediate(lock),
      fail,
    ),
  );
}
