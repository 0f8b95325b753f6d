// The steps of a complete set-up, in order. The build runs under the pinned Node, so it is a program of its own.

import { buildStep } from './build-step.mjs';
import { nodeModulesStep } from './node-modules.mjs';
import { toolsStep } from './tools.mjs';

export const stepsFor = ({ build = true } = {}) => [
  nodeModulesStep,
  toolsStep,
  ...(build ? [buildStep] : []),
];
