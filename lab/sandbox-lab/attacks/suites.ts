// The runtimes that can be attacked, in the order in which they are.

import type { AttackSuite } from './attack-suite.ts';
import { goAttacks } from './go.ts';
import { jvmAttacks } from './jvm.ts';
import { nativeAttacks } from './native.ts';
import { nodejsAttacks } from './nodejs.ts';
import { pythonAttacks } from './python.ts';
import { wasmAttacks } from './wasm.ts';

export const attackSuites: readonly AttackSuite[] = [
  nativeAttacks,
  goAttacks,
  nodejsAttacks,
  jvmAttacks,
  pythonAttacks,
  wasmAttacks,
];
