// The steps of a complete set-up, in order. The build runs under the pinned Node, so it is a program of its own.

import { arm64Step, qemuStep } from './arm64.mjs';
import { buildStep, runtimeStep } from './build-step.mjs';
import { electronStep } from './electron.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { androidStep, displayStep, testToolsStep, toolsStep } from './tools.mjs';

/**
 * `window`: also what the app needs. `display`: also a display for its tests, where the machine may have none.
 * `android`: also what makes an APK. `arm64`: also the arm64 machine of the tests. `tests`: also compilers that only
 * tests use.
 */
export const stepsFor = ({
  build = true,
  window = false,
  display = false,
  android = false,
  arm64 = false,
  tests = false,
} = {}) => [
  nodeModulesStep,
  toolsStep,
  ...(window ? [electronStep] : []),
  ...(display && process.platform === 'linux' ? [displayStep] : []),
  ...(android && process.platform === 'linux' ? [androidStep] : []),
  ...(arm64 && process.platform === 'linux' ? [qemuStep, arm64Step] : []),
  ...(tests && process.platform === 'linux' ? [testToolsStep] : []),
  ...(build ? [buildStep] : []),
  ...(build && arm64 && process.platform === 'linux' ? [runtimeStep('arm64-v8a')] : []),
];
