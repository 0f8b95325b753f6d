// Programs under the table for Go: every attempt of native ones, and those that take threads.

import { goAttacks } from '../../lab/sandbox-lab/attacks/go.ts';
import { testAttacks } from './attack-tests.ts';

testAttacks(goAttacks, 120, () => ({}));
