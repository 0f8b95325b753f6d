// The thread of one simulated mesh: moves its time as the clock moves, answers what is asked of it.

import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorShape, toErrorShape } from '#base';
import type { StartSimulation } from '#schemas';
import { SimulatedMesh } from './simulated-mesh.ts';

export type SimulationQuestion =
  | { readonly ask: 'map' }
  | { readonly ask: 'routes'; readonly of: string }
  | { readonly ask: 'path'; readonly from: string; readonly to: string };
export type SimulationRequest = SimulationQuestion & { readonly id: number };
export type SimulationReply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ErrorShape };

const STEP_MS = 50;
/** A mesh that has just been linked tells everyone of everyone: that is run through before anybody looks. */
const SETTLED_MS = 1_000;

if (parentPort) serve(parentPort, workerData as StartSimulation);

function serve(port: NonNullable<typeof parentPort>, request: StartSimulation): void {
  const mesh = new SimulatedMesh(request);
  const answer = (question: SimulationQuestion): unknown => {
    if (question.ask === 'map') return mesh.map();
    if (question.ask === 'routes') return mesh.routes(question.of);
    return mesh.path(question.from, question.to);
  };
  mesh.run(SETTLED_MS);
  port.on('message', ({ id, ...question }: SimulationRequest) => {
    try {
      port.postMessage({ id, answer: answer(question as SimulationQuestion) } satisfies SimulationReply);
    } catch (error) {
      port.postMessage({ id, error: toErrorShape(error) } satisfies SimulationReply);
    }
  });
  let last = performance.now();
  const step = (): void => {
    const begun = performance.now();
    // Late is late: a mesh too large for this machine runs slower than the clock, and never takes more than half a core.
    mesh.run(Math.min(STEP_MS, begun - last));
    last = begun;
    const took = performance.now() - begun;
    setTimeout(step, Math.max(STEP_MS - took, took));
  };
  step();
}
