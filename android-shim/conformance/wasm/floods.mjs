// Attempts that want too much, or are no modules at all: memory, tables, functions, output; binaries made by hand.

const MIB_PAGES = 16;

/** A number as WebAssembly has it (unsigned LEB128). */
const leb = (value) => {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
};
const section = (id, content) =>
  Buffer.concat([Buffer.from([id, ...leb(content.length)]), Buffer.from(content)]);
const header = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
/** One type without parameters, `bodies` as its functions; the last one is _start. */
const moduleOf = (bodies) => {
  const count = leb(bodies.length);
  const code = bodies.map((body) => Buffer.concat([Buffer.from(leb(body.length)), body]));
  return Buffer.concat([
    header,
    section(1, [1, 0x60, 0, 0]),
    section(3, Buffer.concat([Buffer.from(count), Buffer.alloc(bodies.length)])),
    section(7, [1, 6, ...Buffer.from('_start'), 0, ...leb(bodies.length - 1)]),
    section(10, Buffer.concat([Buffer.from(count), ...code])),
  ]);
};
const [NO_LOCALS, END, BLOCK, NOTHING] = [0, 0x0b, 0x02, 0x40];
const empty = Buffer.from([NO_LOCALS, END]);

/** `frame` and `start` as in attempts.mjs. */
export const floods = (frame, start) => ({
  'grow-for-ever': frame(
    '',
    start(`(local $at i32) (local.set $at (i32.const 65536))
      (loop $l
        (if (i32.lt_s (memory.grow (i32.const ${MIB_PAGES})) (i32.const 0)) (then (unreachable)))
        (memory.fill (local.get $at) (i32.const 1) (i32.const 1048576))
        (local.set $at (i32.add (local.get $at) (i32.const 1048576)))
        (br_if $l (i32.lt_u (local.get $at) (i32.const 300000000))))
      (call $did)`),
  ),
  'large-memory': frame('', start('(call $did)'), '(memory (export "memory") 16384)'),
  'largest-memory': frame('', start('(call $did)'), '(memory (export "memory") 65536)'),
  'read-for-ever': frame(
    '',
    start(`(local $at i32)
      (loop $l
        (drop (i32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 4096)))
        (br_if $l (i32.lt_u (local.get $at) (i32.const 500000000))))
      (call $did)`),
    '(memory (export "memory") 8192)',
  ),
  'large-table': frame('', `(table 10000000 externref) ${start('(call $did)')}`),
  'grow-table': frame(
    '',
    `(table $t 1 externref)
     ${start(`(local $i i32)
       (loop $l
         (if (i32.lt_s (table.grow $t (ref.null extern) (i32.const 100000)) (i32.const 0)) (then (unreachable)))
         (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $l (i32.lt_u (local.get $i) (i32.const 90))))
       (call $did)`)}`,
  ),
  'many-functions': moduleOf(Array(900_000).fill(empty)),
  // More than V8 takes.
  'too-many-functions': moduleOf(Array(1_000_001).fill(empty)),
  'large-function': moduleOf([
    Buffer.concat([
      Buffer.from([NO_LOCALS]),
      // i32.const 7, drop
      Buffer.alloc(6_000_000, Buffer.from([0x41, 0x07, 0x1a])),
      Buffer.from([END]),
    ]),
  ]),
  'deep-blocks': moduleOf([
    Buffer.concat([
      Buffer.from([NO_LOCALS]),
      Buffer.alloc(2_000_000, Buffer.from([BLOCK, NOTHING])),
      Buffer.alloc(1_000_000, END),
      Buffer.from([END]),
    ]),
  ]),
  'many-locals': moduleOf([Buffer.from([1, ...leb(4_000_000_000), 0x7e, END])]),
  'output-flood': frame(
    '',
    `(data (i32.const 16) "\\00\\00\\00\\00\\00\\80\\00\\00")
     ${start(`(local $i i32)
       (loop $l
         (drop (call $say (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))
         (local.set $i (i32.add (local.get $i) (i32.const 1)))
         (br_if $l (i32.lt_u (local.get $i) (i32.const 64))))`)}`,
  ),
  'no-module': Buffer.from('#!/bin/sh\necho did\n'),
  'nothing-at-all': Buffer.alloc(0),
  'unknown-version': Buffer.concat([header.subarray(0, 4), Buffer.from([2, 0, 0, 0])]),
  'cut-short': moduleOf([empty]).subarray(0, -3),
  'section-too-long': Buffer.concat([header, Buffer.from([1, ...leb(0xffff_ffff)])]),
  'number-too-long': Buffer.concat([header, Buffer.from([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0])]),
  'sections-in-disorder': Buffer.concat([header, section(3, [0]), section(1, [0])]),
  'count-too-large': Buffer.concat([header, section(1, leb(0xffff_ffff))]),
  // i32.add with nothing on the stack.
  'stack-underflow': moduleOf([Buffer.from([NO_LOCALS, 0x6a, 0x1a, END])]),
  'unknown-instruction': moduleOf([Buffer.from([NO_LOCALS, 0xff, END])]),
  'jump-outside': moduleOf([Buffer.from([NO_LOCALS, 0x0c, 0x7f, END])]),
});
