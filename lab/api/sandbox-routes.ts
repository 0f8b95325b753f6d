// The calls about sandboxes: what places offer, the installed policies, and measurements.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { benchCsv } from '#lab/sandbox-lab';
import {
  RuntimeName,
  SandboxAttackView,
  SandboxComparison,
  SandboxOffer,
  SandboxPolicyView,
  SandboxRunDetail,
  SandboxRunId,
  SandboxRunView,
  StartSandboxAttack,
  StartSandboxRun,
} from '#schemas';
import type { LabHost } from './lab-host-port.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const ById = Type.Object({ runId: SandboxRunId });
type ById = { Params: { runId: string } };
const ByRuntime = Type.Object({ runtime: RuntimeName });
const Two = exact({ a: SandboxRunId, b: SandboxRunId });
const Format = exact({ format: Type.Enum(['csv', 'json']) });

export function sandboxRoutes(app: FastifyInstance, { sandboxLab: lab }: Pick<LabHost, 'sandboxLab'>): void {
  const answers = <T>(summary: string, result: T) => ({ summary, response: { 200: result } });

  app.get(
    '/sandbox/offers',
    {
      schema: answers(
        'What this machine and every phone offer services, and why not more',
        Type.Array(SandboxOffer),
      ),
    },
    () => lab.offers(),
  );
  app.get<{ Params: { runtime: string } }>(
    '/sandbox/policies/:runtime',
    {
      schema: {
        ...answers('The calls that a runtime may make, from the installed table', SandboxPolicyView),
        params: ByRuntime,
      },
    },
    ({ params }) => lab.policy(params.runtime),
  );
  app.get(
    '/sandbox/runs',
    { schema: answers('Measurements, the latest first', Type.Array(SandboxRunView)) },
    () => lab.runs.list(),
  );
  app.post<{ Body: StartSandboxRun }>(
    '/sandbox/runs',
    {
      schema: {
        ...answers('Starts a measurement; events tell how far it is', SandboxRunView),
        body: StartSandboxRun,
      },
    },
    ({ body }) => lab.runs.start(body),
  );
  app.get<ById>(
    '/sandbox/runs/:runId',
    { schema: { ...answers('One measurement with its figures', SandboxRunDetail), params: ById } },
    ({ params }) => lab.runs.get(params.runId),
  );
  app.post<ById>(
    '/sandbox/runs/:runId/cancel',
    { schema: { ...answers('Ends a measurement', SandboxRunView), params: ById } },
    ({ params }) => lab.runs.cancel(params.runId),
  );
  app.get<ById & { Querystring: { format: 'csv' | 'json' } }>(
    '/sandbox/runs/:runId/export',
    { schema: { summary: 'One measurement as a file', params: ById, querystring: Format } },
    async ({ params: { runId }, query: { format } }, reply) => {
      const { run, result } = await lab.runs.get(runId);
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="abhaya-sandbox-${runId}.${format}"`)
        .send(format === 'csv' ? benchCsv(result) : JSON.stringify({ run, ...result }, null, 2));
    },
  );
  app.get(
    '/sandbox/attack',
    { schema: answers('The attack that runs, or the last one', SandboxAttackView) },
    () => lab.attacks.view,
  );
  app.post<{ Body: StartSandboxAttack }>(
    '/sandbox/attack',
    {
      schema: {
        ...answers('Attacks this machine’s sandbox; events tell how far it is', SandboxAttackView),
        body: StartSandboxAttack,
      },
    },
    ({ body }) => lab.attacks.start(body),
  );
  app.post('/sandbox/attack/cancel', { schema: answers('Ends the attack', SandboxAttackView) }, () =>
    lab.attacks.cancel(),
  );
  app.get<{ Querystring: { a: string; b: string } }>(
    '/sandbox/compare',
    { schema: { ...answers('What became of b, seen from a', SandboxComparison), querystring: Two } },
    ({ query: { a, b } }) => lab.runs.compare(a, b),
  );
}
