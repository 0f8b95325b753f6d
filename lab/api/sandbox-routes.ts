// The calls about sandboxes: what places offer, the installed policies, and measurements.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { attackCsv, attackJunit, benchCsv } from '#lab/sandbox-lab';
import {
  RuntimeName,
  SandboxAttackComparison,
  SandboxAttackRun,
  SandboxAttackSummary,
  SandboxAttackView,
  SandboxComparison,
  SandboxOffer,
  SandboxPolicyView,
  SandboxRunDetail,
  SandboxRunId,
  SandboxRunView,
  SandboxTryView,
  StartSandboxAttack,
  StartSandboxRun,
  StartSandboxTry,
} from '#schemas';
import type { LabHost } from './lab-host-port.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const ById = Type.Object({ runId: SandboxRunId });
type ById = { Params: { runId: string } };
const ByRuntime = Type.Object({ runtime: RuntimeName });
const Two = exact({ a: SandboxRunId, b: SandboxRunId });
const Format = exact({ format: Type.Enum(['csv', 'json']) });
const attackTypes = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  junit: 'application/xml; charset=utf-8',
} as const;
const AttackFormat = exact({ format: Type.Enum(['csv', 'json', 'junit']) });
const Done = exact({});

type Lab = LabHost['sandboxLab'];
const answers = <T>(summary: string, result: T) => ({ summary, response: { 200: result } });

export function sandboxRoutes(app: FastifyInstance, { sandboxLab: lab }: Pick<LabHost, 'sandboxLab'>): void {
  runRoutes(app, lab);
  attackRoutes(app, lab);
  tryRoutes(app, lab);
}

function runRoutes(app: FastifyInstance, lab: Lab): void {
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
  app.delete<ById>(
    '/sandbox/runs/:runId',
    { schema: { ...answers('Forgets a measurement', Done), params: ById } },
    async ({ params }) => {
      await lab.runs.remove(params.runId);
      return {};
    },
  );
  app.get<{ Querystring: { a: string; b: string } }>(
    '/sandbox/compare',
    { schema: { ...answers('What became of b, seen from a', SandboxComparison), querystring: Two } },
    ({ query: { a, b } }) => lab.runs.compare(a, b),
  );
}

function attackRoutes(app: FastifyInstance, lab: Lab): void {
  app.get(
    '/sandbox/attack',
    { schema: answers('The attack that runs, or the last one', SandboxAttackView) },
    () => lab.attacks.view,
  );
  app.post<{ Body: StartSandboxAttack }>(
    '/sandbox/attack',
    {
      schema: {
        ...answers(
          'Attacks the sandbox of this machine or of a phone; events tell how far it is',
          SandboxAttackView,
        ),
        body: StartSandboxAttack,
      },
    },
    ({ body }) => lab.attacks.start(body),
  );
  app.post('/sandbox/attack/cancel', { schema: answers('Ends the attack', SandboxAttackView) }, () =>
    lab.attacks.cancel(),
  );
  app.get(
    '/sandbox/attacks',
    { schema: answers('Attacks that have ended, the latest first', Type.Array(SandboxAttackSummary)) },
    () => lab.attacks.list(),
  );
  app.get<ById>(
    '/sandbox/attacks/:runId',
    { schema: { ...answers('One attack with every outcome', SandboxAttackRun), params: ById } },
    ({ params }) => lab.attacks.get(params.runId),
  );
  app.delete<ById>(
    '/sandbox/attacks/:runId',
    { schema: { ...answers('Forgets an attack', Done), params: ById } },
    async ({ params }) => {
      await lab.attacks.remove(params.runId);
      return {};
    },
  );
  app.get<ById & { Querystring: { format: keyof typeof attackTypes } }>(
    '/sandbox/attacks/:runId/export',
    { schema: { summary: 'One attack as a file', params: ById, querystring: AttackFormat } },
    async ({ params: { runId }, query: { format } }, reply) => {
      const run = await lab.attacks.get(runId);
      const texts = { csv: attackCsv, json: asJson, junit: () => attackJunit(run.reports) };
      const ending = format === 'junit' ? 'xml' : format;
      return reply
        .type(attackTypes[format])
        .header('content-disposition', `attachment; filename="abhaya-attack-${runId}.${ending}"`)
        .send(await texts[format](run));
    },
  );
  app.get<{ Querystring: { a: string; b: string } }>(
    '/sandbox/compare-attacks',
    {
      schema: {
        ...answers('What ended otherwise in b than in a', SandboxAttackComparison),
        querystring: Two,
      },
    },
    ({ query: { a, b } }) => lab.attacks.compare(a, b),
  );
}

function tryRoutes(app: FastifyInstance, lab: Lab): void {
  app.get(
    '/sandbox/try',
    { schema: answers('The program that is tried, or the last one', SandboxTryView) },
    () => lab.tries.view,
  );
  app.post<{ Body: StartSandboxTry }>(
    '/sandbox/try',
    {
      schema: {
        ...answers('Runs an uploaded program in this machine’s sandbox; events tell of it', SandboxTryView),
        body: StartSandboxTry,
      },
    },
    ({ body }) => lab.tries.start(body),
  );
  app.post('/sandbox/try/cancel', { schema: answers('Ends it', SandboxTryView) }, () => lab.tries.cancel());
  app.get('/sandbox/try/output', { schema: { summary: 'All that it wrote' } }, async (_request, reply) =>
    reply.type('application/octet-stream').send(await lab.tries.openOutput()),
  );
}

const asJson = (run: object): string => JSON.stringify(run, null, 2);
