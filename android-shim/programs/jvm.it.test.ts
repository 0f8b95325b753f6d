// Programs in Java and Kotlin.

import { jvmFolder } from '../../device-agent/sandbox/sandbox-tester.ts';
import { jvmPrograms } from './jvm.ts';
import { testPrograms } from './program-tests.ts';

testPrograms(jvmPrograms(), 9, () => ({ runtime: 'jvm', path: jvmFolder() }));
