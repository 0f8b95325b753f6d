// Native programs in Go.

import { goPrograms } from './go.ts';
import { testPrograms } from './program-tests.ts';

testPrograms(goPrograms('go'), 10);
