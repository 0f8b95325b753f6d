// Programs in C, Rust, Go and AssemblyScript, compiled to WASI.

import { nodejsFolder } from '../../device-agent/sandbox/sandbox-tester.ts';
import { testPrograms } from './program-tests.ts';
import { wasmPrograms } from './wasm.ts';

testPrograms(wasmPrograms(), 13, () => ({ runtime: 'wasm', path: nodejsFolder() }));
