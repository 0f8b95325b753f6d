// Calls of the API that show a mesh: the phones' own, and simulated ones, in the same form.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  MeshMap,
  PathView,
  RoutesView,
  SerialText,
  SimulationMap,
  SimulationView,
  StartSimulation,
} from '#schemas';
import type { LabHost } from './lab-host-port.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Of = exact({ of: SerialText });
const FromTo = exact({ from: SerialText, to: SerialText });
const ById = exact({ simulationId: Type.String({ maxLength: 64 }) });
type ById = { Params: { simulationId: string } };

export function meshMapRoutes(app: FastifyInstance, host: LabHost): void {
  app.get(
    '/mesh/map',
    {
      schema: {
        summary: 'Nodes, links and how many routes use each, put together from what all phones say',
        response: { 200: MeshMap },
      },
    },
    () => host.meshMap(),
  );
  app.get<{ Querystring: { of: string } }>(
    '/mesh/routes',
    { schema: { summary: 'The routes of a phone', querystring: Of, response: { 200: RoutesView } } },
    (request) => host.meshRoutes(request.query.of),
  );
  app.get<{ Querystring: { from: string; to: string } }>(
    '/mesh/path',
    {
      schema: {
        summary: 'The way from a phone to another, along every next hop',
        querystring: FromTo,
        response: { 200: PathView },
      },
    },
    (request) => host.meshPath(request.query.from, request.query.to),
  );
}

export function simulationRoutes(app: FastifyInstance, { simulations }: LabHost): void {
  app.get(
    '/simulations',
    { schema: { summary: 'Simulated meshes that run', response: { 200: Type.Array(SimulationView) } } },
    () => simulations.list(),
  );
  app.post<{ Body: StartSimulation }>(
    '/simulations',
    {
      schema: {
        summary: 'Starts a simulated mesh of the same core; it ends when nobody has looked for a minute',
        body: StartSimulation,
        response: { 200: SimulationView },
      },
    },
    (request, reply) => {
      // Whoever hangs up doesn't want it any more.
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return simulations.start(request.body, { signal: gone.signal });
    },
  );
  app.delete<ById>(
    '/simulations/:simulationId',
    { schema: { summary: 'Ends a simulation', params: ById, response: { 200: exact({}) } } },
    async (request) => {
      await simulations.stop(request.params.simulationId);
      return {};
    },
  );
  app.get<ById>(
    '/simulations/:simulationId/map',
    { schema: { summary: 'A simulated mesh now', params: ById, response: { 200: SimulationMap } } },
    (request) => simulations.map(request.params.simulationId),
  );
  app.get<ById & { Querystring: { of: string } }>(
    '/simulations/:simulationId/routes',
    {
      schema: {
        summary: 'The routes of a simulated node',
        params: ById,
        querystring: Of,
        response: { 200: RoutesView },
      },
    },
    (request) => simulations.routes(request.params.simulationId, request.query.of),
  );
  app.get<ById & { Querystring: { from: string; to: string } }>(
    '/simulations/:simulationId/path',
    {
      schema: {
        summary: 'The way from a simulated node to another; one that is not known is sought',
        params: ById,
        querystring: FromTo,
        response: { 200: PathView },
      },
    },
    ({ params, query }) => simulations.path(params.simulationId, query.from, query.to),
  );
}
