// The steps of a complete set-up, in order. The build runs under the pinned Node, so it is a program of its own.

import { buildStep } from './build-step.mjs';
import { electronStep } from './electron.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { displayStep, toolsStep } from './tools.mjs';

/** `window`: also what the app needs. `display`: also a display for its tests, where the machine may have none. */
export const stepsFor = ({ build = true, window = false, display = false } = {}) => [
  nodeModulesStep,
  toolsStep,
  ...(window ? [electronStep] : []),
  ...(display && process.platform === 'linux' ? [displayStep] : []),
  ...(build ? [buildStep] : []),
];
