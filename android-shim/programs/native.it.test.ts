// Native programs in C, C++ and Rust.

import { nativePrograms } from './native.ts';
import { testPrograms } from './program-tests.ts';

testPrograms(nativePrograms(), 10);
