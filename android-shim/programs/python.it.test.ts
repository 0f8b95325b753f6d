// Programs in Python.

import { pythonFolder } from '../../device-agent/sandbox/sandbox-tester.ts';
import { testPrograms } from './program-tests.ts';
import { pythonPrograms } from './python.ts';

testPrograms(pythonPrograms(), 10, () => ({ runtime: 'python', path: pythonFolder() }));
