// Programs that only `npm test` needs on Linux: compilers and libraries for the real programs that must run in the sandbox
// unchanged (android-shim/programs).

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
      {
        key: 'rustc',
        system: [],
        places: ['usr/bin/rustc'],
        probe: prints(['--version'], /^rustc \d/),
        wrap: (root, place) =>
          `PATH="${root}/usr/bin:$PATH" exec "${root}/${place}" --sysroot="${root}/usr" "$@"`,
      },
    ],
  },
  {
    // C and C++ for this machine, static, with libraries: all in one root, as of the compiler of tool-catalog.mjs.
    name: 'static',
    packages: [
      [
        ...['g++', 'gcc', 'binutils', 'libc6-dev'],
        ...['zlib1g-dev', 'libzstd-dev', 'liblzma-dev', 'libbz2-dev', 'libmbedtls-dev'],
      ],
    ],
    status: 'none',
    size: '120 MB',
    tools: [
      ['staticCc', 'gcc'],
      ['staticCxx', 'g++'],
    ].map(([key, name]) => ({
      key,
      system: [],
      places: [
        `usr/bin/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-${name}`,
        `usr/bin/${name}`,
      ],
      probe: {
        args: ['-x', 'c', '-', '-static', '-lz', '-lmbedcrypto', '-o', '/dev/null'],
        input: '#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n',
        accept: () => true,
      },
      wrap: (root, place) => `exec "${root}/${place}" --sysroot="${root}" -B"${root}/usr/bin" "$@"`,
    })),
  },
];
