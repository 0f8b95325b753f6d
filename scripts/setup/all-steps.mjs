// The steps of a complete set-up, in order. The build runs under the pinned Node, so it is a program of its own.

import { buildStep } from './build-step.mjs';
import { electronStep } from './electron.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { androidStep, displayStep, toolsStep } from './tools.mjs';

/**
 * `window`: also what the app needs. `display`: also a display for its tests, where the machine may have none.
 * `android`: also what makes an APK.
 */
export const stepsFor = ({ build = true, window = false, display = false, android = false } = {}) => [
  nodeModulesStep,
  toolsStep,
  ...(window ? [electronStep] : []),
  ...(display && process.platform === 'linux' ? [displayStep] : []),
  ...(android && process.platform === 'linux' ? [androidStep] : []),
  ...(build ? [buildStep] : []),
];
