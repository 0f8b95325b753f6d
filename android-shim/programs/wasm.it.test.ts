// Programs in C, Rust and AssemblyScript, compiled to WASI.

import { nodejsFolder } from '../../device-agent/sandbox/sandbox-tester.ts';
import { testPrograms } from './program-tests.ts';
import { wasmPrograms } from './wasm.ts';

testPrograms(wasmPrograms(), 8, () => ({ runtime: 'wasm', path: nodejsFolder() }));
