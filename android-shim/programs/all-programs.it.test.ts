// All real programs at once: that there are enough of them, of every runtime, and that none has gone.

import { expect, test } from 'vitest';
import { sandboxRuntimes } from '#schemas';
import { goPrograms } from './go.ts';
import { jvmPrograms } from './jvm.ts';
import { nativePrograms } from './native.ts';
import { nodejsPrograms } from './nodejs.ts';
import type { Program } from './program.ts';
import { pythonPrograms } from './python.ts';
import { wasmPrograms } from './wasm.ts';

const rows: readonly Program[] = [
  ...[
    nativePrograms(),
    goPrograms('go'),
    nodejsPrograms(),
    wasmPrograms(),
    jvmPrograms(),
    pythonPrograms(),
  ].flat(),
];
const of = (runtime: string) =>
  rows
    .filter((row) => row.runtime === runtime)
    .map(({ name }) => name)
    .sort();

test('they are these', () => {
  expect(Object.fromEntries(sandboxRuntimes.map((runtime) => [runtime, of(runtime)]))).toEqual({
    native: [
      ...[
        'c++-json',
        'c++-regex',
        'c++-words',
        'c-bzip2',
        'c-deflate',
        'c-inflate',
        'c-seal',
        'c-shrink',
        'c-solve',
      ],
      ...['c-xz', 'c-zstd', 'rust-calc', 'rust-count', 'rust-sha256'],
    ],
    go: [
      ...[
        'go-copy',
        'go-logfilter',
        'go-numbers',
        'go-orders',
        'go-pool',
        'go-recover',
        'go-repack',
        'go-seal',
      ],
      ...['go-thumbnail', 'go-verify'],
    ],
    nodejs: [
      ...[
        'node-digests',
        'node-grey',
        'node-gzip',
        'node-log',
        'node-orders',
        'node-primes',
        'node-seal',
        'node-settings',
      ],
      ...['node-versions', 'node-words'],
    ],
    wasm: [
      ...[
        'assemblyscript-csvjson',
        'c-base64',
        'c-shrink',
        'c-solve',
        'c-sort',
        'go-logfilter',
        'go-orders',
        'go-pool',
      ],
      ...['go-recover', 'go-repack', 'rust-life', 'rust-primes', 'rust-words'],
    ],
    jvm: [
      ...['java-digests', 'java-digits', 'java-orders', 'java-patterns', 'java-unpack', 'java-words'],
      ...['kotlin-calendar', 'kotlin-life', 'kotlin-paths'],
    ],
    python: [
      ...[
        'python-digests',
        'python-expressions',
        'python-feed',
        'python-integers',
        'python-interest',
        'python-log',
      ],
      ...['python-orders', 'python-pack', 'python-sales', 'python-words'],
    ],
  });
});

test('they are enough, of every runtime', () => {
  expect(rows.length).toBeGreaterThanOrEqual(30);
  for (const runtime of sandboxRuntimes) expect(of(runtime).length).toBeGreaterThanOrEqual(8);
  const languages = new Set(rows.map(({ language }) => language));
  for (const language of [
    'c',
    'c++',
    'rust',
    'go',
    'assemblyscript',
    'java',
    'kotlin',
    'python',
    'javascript',
    'typescript',
  ])
    expect(languages).toContain(language);
});
