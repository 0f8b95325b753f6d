// Services that look for Node from inside the realm of the real bootstrap, which hides it.

/** Each writes what it found. */
export const realmAttempts: readonly (readonly [name: string, code: string])[] = [
  [
    'names',
    'module.exports = () => [typeof process, typeof require, typeof Buffer, typeof fetch, typeof setTimeout].join();',
  ],
  ['eval', `module.exports = () => eval('typeof process');`],
  ['function of its own realm', `module.exports = () => Function('return typeof process')();`],
  ['import', `module.exports = () => import('node:fs').then(() => 'function', () => 'undefined');`],
  [
    'constructor of what it is given',
    `module.exports.stream = (io) => io.write(io.read.constructor('return typeof process')());`,
  ],
  [
    'constructor of the input',
    `module.exports = (input) => input.constructor.constructor('return typeof process')();`,
  ],
  [
    'constructor of an error',
    `module.exports.stream = (io) => { try { io.write({}); } catch (e) { io.write(e.constructor.constructor('return typeof process')()); } };`,
  ],
  [
    'constructor of a deep error',
    `module.exports.stream = (io) => { let c; const deep = () => { try { deep(); } catch (e) { c ??= e.constructor; io.write(''); throw e; } }; try { deep(); } catch (e) { c = e.constructor; } io.write(c.constructor('return typeof process')()); };`,
  ],
  [
    'a patched promise',
    `let seen = 'undefined'; const { then } = Promise.prototype; Promise.prototype.then = function (...a) { for (const f of a) try { seen = f.constructor('return typeof process')(); } catch {} return then.apply(this, a); }; module.exports = async () => { await null; return seen; };`,
  ],
  [
    'frames of the stack',
    `Error.prepareStackTrace = (_, frames) => frames; module.exports = () => { const found = new Error().stack.flatMap?.((f) => [f.getFunction?.(), f.getThis?.()]).filter(Boolean) ?? []; for (const f of found) try { const t = f.constructor.constructor('return typeof process')(); if (t !== 'undefined') return t; } catch {} return 'undefined'; };`,
  ],
];
