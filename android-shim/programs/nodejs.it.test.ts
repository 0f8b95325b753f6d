// Programs for Node.js.

import { nodejsFolder } from '../../device-agent/sandbox/sandbox-tester.ts';
import { nodejsPrograms } from './nodejs.ts';
import { testPrograms } from './program-tests.ts';

testPrograms(nodejsPrograms(), 10, () => ({ runtime: 'nodejs', path: nodejsFolder() }));
