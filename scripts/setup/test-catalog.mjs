// Programs that only `npm test` needs on Linux: compilers and libraries for the real programs that must run in the sandbox
// unchanged (android-shim/programs).

import { versionAtLeast } from './tool-catalog.mjs';

const prints = (args, pattern) => ({ args, accept: (output) => pattern.test(output) });

const goVersion = 'v0.0.1-go1.27.3';
const goHashes = {
  x64: 'af4c06478303fdd1bfb335fab86c7ccb9b12e529044a946a16a1c4bcc779f8d7',
  arm64: '0ec0774cad42ecf4df82691146ee0b10c303ea594f163acb1737baedd5cc2835',
};

/** Go for this machine, as the module that the go command itself would take; Debian's is too old for what is tested. */
const go = (arch) => ({
  name: 'go',
  packages: [],
  status: 'none',
  brew: 'go',
  byHand: 'Go 1.23 or newer, from https://go.dev/dl',
  size: '76 MB',
  archive: {
    module: 'golang.org/toolchain',
    version: `${goVersion}.linux-${arch === 'x64' ? 'amd64' : arch}`,
    sha256: goHashes[arch] ?? '',
    // Without the compiler's own sources and without tests.
    keep: /^(VERSION$|go\.env$|bin\/go$|pkg\/(include\/|tool\/[^/]+\/(asm|compile|link)$)|src\/(?!cmd\/|.*(_test\.go$|\/testdata\/)))/,
    programs: /^(bin|pkg\/tool)\//,
  },
  tools: [
    {
      key: 'go',
      system: ['go'],
      places: ['bin/go'],
      probe: {
        args: ['version'],
        accept: (output) => versionAtLeast(output, /go version go(\d[\d.]*)/, '1.23'),
      },
    },
  ],
});

/** @returns {readonly import('./tool-catalog.mjs').Group[]} */
export const testGroups = (arch = process.arch) => [
  go(arch),
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
