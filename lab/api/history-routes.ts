// The calls about the history. Queries are texts that schemas judge; nothing else reaches the history.

import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AbhayaError } from '#base';
import { exportStream } from '#lab/history';
import {
  HistoryExportQuery,
  HistoryMeasurements,
  HistoryMeasurementsQuery,
  HistoryRun,
  HistoryService,
  HistoryStatus,
  HistoryTaskDetail,
  HistoryTaskPage,
  HistoryTasksQuery,
} from '#schemas';
import type { LabHost } from './lab-host-port.ts';

const Done = Type.Object({}, { additionalProperties: false });
const ByTask = Type.Object({ taskId: Type.String({ maxLength: 256 }) });
const DEFAULT_PAGE = 100;
const MAX_PAGE = 500;

export function historyRoutes(app: FastifyInstance, { history }: Pick<LabHost, 'history'>): void {
  const answers = <T>(summary: string, result: T) => ({ summary, response: { 200: result } });

  app.get('/history', { schema: answers('What is remembered, and what was lost', HistoryStatus) }, () =>
    history.status(),
  );
  app.get('/history/runs', { schema: answers('Runs of the lab host', Type.Array(HistoryRun)) }, () =>
    history.runs(),
  );
  app.get<{ Querystring: HistoryTasksQuery }>(
    '/history/tasks',
    {
      schema: {
        ...answers('Tasks of all runs, the latest first', HistoryTaskPage),
        querystring: HistoryTasksQuery,
      },
    },
    ({ query }) => {
      const limit = Number(query.limit ?? DEFAULT_PAGE);
      if (limit < 1 || limit > MAX_PAGE)
        throw new AbhayaError('input.invalid', `limit must be 1 to ${MAX_PAGE}`);
      return history.tasks({
        limit,
        ...(query.before ? { before: Number(query.before) } : {}),
        ...(query.package ? { packageId: query.package } : {}),
        ...(query.state ? { state: query.state } : {}),
      });
    },
  );
  app.get<{ Params: { taskId: string } }>(
    '/history/tasks/:taskId',
    { schema: { ...answers('One task, as it was last seen', HistoryTaskDetail), params: ByTask } },
    ({ params }) => history.task(params.taskId),
  );
  app.get(
    '/history/services',
    { schema: answers('What became of each service’s tasks', Type.Array(HistoryService)) },
    () => history.services(),
  );
  app.get<{ Querystring: HistoryMeasurementsQuery }>(
    '/history/measurements',
    {
      schema: {
        ...answers('Battery, heat, load and memory over time, in buckets', HistoryMeasurements),
        querystring: HistoryMeasurementsQuery,
      },
    },
    ({ query }) => {
      const { serial, from, to, step } = query;
      return history.measurements({
        ...(serial ? { serial } : {}),
        ...(from ? { from: Number(from) } : {}),
        ...(to ? { to: Number(to) } : {}),
        ...(step ? { step: Number(step) } : {}),
      });
    },
  );
  app.get<{ Querystring: HistoryExportQuery }>(
    '/history/export',
    { schema: { summary: 'Everything of one kind, as a file', querystring: HistoryExportQuery } },
    async ({ query: { what, format } }, reply) =>
      reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="abhaya-${what}.${format}"`)
        .send(await exportStream(history, what, format)),
  );
  app.delete('/history', { schema: answers('Forgets everything before now', Done) }, async () => {
    await history.clear();
    return {};
  });
}
