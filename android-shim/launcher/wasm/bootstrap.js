// What Node.js runs for a WebAssembly service, behind wasi.js, which gives it the imports. Part of the launcher.
// Order: draw the seed, warm what is used later with a module of ours, close descriptor 2, ask the launcher for the lock,
// and only then read the first byte of the input pipe. The module has no JavaScript: what it finds are its imports.

{
  const LOCK = 0x0ab10000;
  const END = 0x0ab20000;
  const FAILED = 1;
  const OUT_OF_MEMORY = 256;
  const CRASHED = 257;
  const [INPUT, OUTPUT, WORDS] = [0, 1, 2];
  const WORDS_MAX = 400;
  const RANDOM_CHUNK = 65_536;

  const fs = require('node:fs');
  const { createCipheriv, randomBytes } = require('node:crypto');
  const { TextDecoder, TextEncoder } = require('node:util');
  const { createWasi } = module.exports;
  const { umask, hrtime } = process;
  const { readSync, writeSync } = fs;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  // --- what the module said on descriptor 2: told only when it fails ---

  const said = new Uint8Array(4096);
  let saidLength = 0;
  const hear = (view) => {
    const part = view.length > said.length ? view.subarray(view.length - said.length) : view;
    const kept = Math.min(saidLength, said.length - part.length);
    said.copyWithin(0, saidLength - kept, saidLength);
    said.set(part, kept);
    saidLength = kept + part.length;
  };
  /** Its last words, from where a panic begins if there is one: what follows that are addresses. */
  const lastWords = () => {
    const text = decoder.decode(said.subarray(0, saidLength)).trim();
    const panic = text.search(/^(panic: |fatal error: |thread '.*' panicked)/m);
    return panic >= 0 ? text.slice(panic, panic + WORDS_MAX) : text.slice(-WORDS_MAX);
  };

  const end = (code) => {
    umask(END | code);
  };
  const fail = (code, sentence) => {
    const heard = lastWords();
    const text = [sentence, heard].filter((part) => part !== '').join(': ');
    const memory =
      /out of memory|could not allocate|cannot allocate|memory allocation of \d+ bytes failed/i.test(text);
    const words = encoder.encode(text);
    // A position makes it pwrite64, to a descriptor that does not exist: the launcher takes the bytes.
    if (words.length > 0) writeSync(WORDS, words, 0, words.length, 0);
    end(memory ? OUT_OF_MEMORY : code);
  };

  // --- what it is given ---

  // A key of the kernel's, and a well-known cipher: nothing can be asked of the kernel after the lock.
  const cipher = createCipheriv('chacha20', randomBytes(32), new Uint8Array(16));
  const zeros = new Uint8Array(RANDOM_CHUNK);
  const random = (view) => {
    for (let at = 0; at < view.length; at += RANDOM_CHUNK) {
      const part = view.subarray(at, at + RANDOM_CHUNK);
      part.set(cipher.update(zeros.subarray(0, part.length)));
    }
  };
  const never = new Int32Array(new SharedArrayBuffer(4));
  const host = {
    read: (view) => readSync(INPUT, view, 0, view.length, null),
    write(view) {
      let at = 0;
      while (at < view.length) at += writeSync(OUTPUT, view, at, view.length - at);
      return at;
    },
    say: hear,
    random,
    // 0 is the time of day, 1 the one that never goes back; other clocks would be calls.
    now: (clock) =>
      clock === 0 ? BigInt(Date.now()) * 1_000_000n : clock === 1 ? hrtime.bigint() : undefined,
    // V8 takes what is too long for it for no time at all; no service lives as long as this.
    sleep: (milliseconds) => void Atomics.wait(never, 0, 0, Math.min(milliseconds, 1e9)),
    exit(code) {
      if (code === 0) end(0);
      else fail(code > 255 ? FAILED : code, '');
    },
  };

  // --- its run ---

  /** Why it ended, for the one who wrote it. */
  const explain = (error) => {
    if (error instanceof WebAssembly.RuntimeError) return [CRASHED, error.message];
    if (error instanceof WebAssembly.Exception) return [CRASHED, 'an exception that nobody caught'];
    if (error instanceof RangeError && /call stack/.test(error.message))
      return [CRASHED, 'the stack is full'];
    return [FAILED, String(error?.message ?? error)];
  };
  const run = (code, given) => {
    try {
      const compiled = new WebAssembly.Module(code);
      // Its memory counts: V8 has a copy.
      code.buffer.transfer(0);
      const wasi = createWasi(given);
      const imports = { wasi_snapshot_preview1: wasi.imports };
      const { exports } = new WebAssembly.Instance(compiled, imports);
      if (exports.memory instanceof WebAssembly.Memory) wasi.attach(exports.memory);
      if (typeof exports._start !== 'function') return fail(FAILED, 'the module exports no function _start');
      exports._start();
    } catch (error) {
      return fail(...explain(error));
    }
    given.exit(0);
  };

  /** Fills the view; answers how many bytes there were before the end of the input. */
  const readInto = (view) => {
    let filled = 0;
    while (filled < view.length) {
      const got = readSync(INPUT, view, filled, view.length - filled, null);
      if (got === 0) break;
      filled += got;
    }
    return filled;
  };
  const serve = () => {
    const header = new Uint8Array(5);
    if (readInto(header) < header.length) return fail(FAILED, 'no code came');
    const code = new Uint8Array(new DataView(header.buffer).getUint32(1));
    if (readInto(code) < code.length) return fail(FAILED, 'the code was cut short');
    // The launcher's canary: what it must not be able to do.
    if (header[0] === 1) fs.openSync('/', 'r');
    run(code, host);
  };

  // --- warm: a module of ours (canary.wat) goes the whole way, so that nothing is compiled for the first time after it ---

  const warm =
    'AGFzbQEAAAABIQZgBH9/f38Bf2ACf38Bf2ADf35/AX9gAX8AYAABf2AAAALaAQYWd2FzaV9zbmFwc2hvdF9wcmV2aWV3MQdmZF9y' +
    'ZWFkAAAWd2FzaV9zbmFwc2hvdF9wcmV2aWV3MQhmZF93cml0ZQAAFndhc2lfc25hcHNob3RfcHJldmlldzENZmRfZmRzdGF0X2dl' +
    'dAABFndhc2lfc25hcHNob3RfcHJldmlldzEOY2xvY2tfdGltZV9nZXQAAhZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCnJhbmRvbV9n' +
    'ZXQAARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCXByb2NfZXhpdAADAwMCBAUEBAFwAAEFAwEAAQcTAgZtZW1vcnkCAAZfc3RhcnQA' +
    'BwkHAQBBAAsBBgp4AmwAQQFBwAAQAgRAAAtBAUIAQcAAEAMEQAALQcAAQcAAEAQEQAALQQFAAEEASARAAAsDQEEAQYAINgIAQQRB' +
    'gCA2AgBBAEEAQQFBBBAABEAAC0EEKAIABEBBAUEAQQFBCBABBEAACwwBCwtBAAsJAEEAEQQAEAUL';
  const nothing = new Uint8Array(0);
  let warmed = 0;
  const warmHost = {
    ...host,
    // The first time there are bytes, then there are none.
    read: (view) => readSync(INPUT, nothing, 0, 0, null) + (warmed++ === 0 ? view.length : 0),
    write: (view) => writeSync(OUTPUT, nothing, 0, 0) + view.length,
    exit: () => {},
  };
  setImmediate(() => {
    run(new Uint8Array(Buffer.from(warm, 'base64')), warmHost);
    saidLength = 0;
    fs.closeSync(WORDS);
    umask(LOCK);
    serve();
  });
}
