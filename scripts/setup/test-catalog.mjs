// Programs that only `npm test` needs on Linux: compilers for WebAssembly, whose programs must run unchanged.

const prints = (args, pattern) => ({ args, accept: (output) => pattern.test(output) });

/** @returns {readonly import('./tool-catalog.mjs').Group[]} */
export const testGroups = () => [
  {
    // C and Rust for wasm32-wasi, each with its libc. One root, since a compiler looks for its parts beside itself.
    name: 'wasm',
    packages: [['clang', 'lld', 'wasi-libc', 'libclang-rt-dev-wasm32', 'rustc', 'libstd-rust-dev-wasm32']],
    status: 'system',
    size: '200 MB',
    tools: [
      {
        key: 'wasmClang',
        system: [],
        places: ['usr/bin/clang'],
        probe: {
          args: ['-x', 'c', '-', '-o', '/dev/null'],
          input: '#include <stdio.h>\nint main(void) { puts("ok"); return 0; }\n',
          accept: () => true,
        },
        wrap: (root, place) =>
          `PATH="${root}/usr/bin:$PATH" exec "${root}/${place}" --target=wasm32-wasi --sysroot="${root}/usr" "$@"`,
      },
      {
        key: 'wasmRustc',
        system: [],
        places: ['usr/bin/rustc'],
        probe: prints(['--version'], /^rustc \d/),
        wrap: (root, place) =>
          `PATH="${root}/usr/bin:$PATH" exec "${root}/${place}" --sysroot="${root}/usr" --target wasm32-wasi "$@"`,
      },
    ],
  },
];
