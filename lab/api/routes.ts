// Every call of the API with its schemas; OpenAPI is made from them.

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { AbhayaError } from '#base';
import {
  AdbAddress,
  AddLink,
  AddPhones,
  CaptureSummary,
  CheckedReceipt,
  DoctorCheck,
  HexHash,
  HostView,
  InstalledService,
  LinkView,
  LogView,
  MeshView,
  PhoneCommand,
  PhonePower,
  PhoneView,
  PowerPolicy,
  PowerView,
  SerialText,
  ServiceDetail,
  ServiceView,
  SubmitTask,
  TaskView,
  UploadView,
} from '#schemas';
import { historyRoutes } from './history-routes.ts';
import type { LabHost } from './lab-host-port.ts';
import { meshMapRoutes, simulationRoutes } from './mesh-map-routes.ts';
import { sandboxRoutes } from './sandbox-routes.ts';

const Done = Type.Object({}, { additionalProperties: false });
const BySerial = Type.Object({ serial: SerialText });
const ByManifest = Type.Object({ manifestSha256: HexHash });
const Named = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
  { additionalProperties: false },
);
const OnPhone = Type.Object({ serial: Type.Optional(SerialText) }, { additionalProperties: false });
const ByTask = Type.Object({ taskId: Type.String({ maxLength: 128 }) });

const describe = (summary: string, result: TSchema, rest: Partial<FastifySchema> = {}): FastifySchema => ({
  summary,
  response: { 200: result },
  ...rest,
});

export function routes(app: FastifyInstance, host: LabHost): void {
  hostRoutes(app, host);
  phoneRoutes(app, host);
  captureRoutes(app, host);
  meshRoutes(app, host);
  meshMapRoutes(app, host);
  simulationRoutes(app, host);
  serviceRoutes(app, host);
  taskRoutes(app, host);
  historyRoutes(app, host);
  sandboxRoutes(app, host);
}

function hostRoutes(app: FastifyInstance, host: LabHost): void {
  app.get('/host', { schema: describe('The lab host itself', HostView) }, () => host.info());
  app.get('/doctor', { schema: describe('Checks of the set-up, with fixes', Type.Array(DoctorCheck)) }, () =>
    host.doctor(),
  );
  app.post('/host/shutdown', { schema: describe('Stops the lab host and all that it started', Done) }, () => {
    host.shutdown();
    return {};
  });
}

function phoneRoutes(app: FastifyInstance, host: LabHost): void {
  app.get('/phones', { schema: describe('All phones', Type.Array(PhoneView)) }, () => host.phones());
  app.post<{ Body: AddPhones }>(
    '/phones',
    { schema: describe('Starts virtual phones', Type.Array(PhoneView), { body: AddPhones }) },
    (request) => host.addPhones(request.body),
  );
  app.delete<{ Params: { serial: string } }>(
    '/phones/:serial',
    { schema: describe('Stops a virtual phone', Done, { params: BySerial }) },
    async (request) => {
      await host.removePhone(request.params.serial);
      return {};
    },
  );
  app.post<{ Params: { serial: string }; Body: PhoneCommand }>(
    '/phones/:serial/command',
    {
      schema: describe('Does something to a phone or its agent', PhoneView, {
        params: BySerial,
        body: PhoneCommand,
      }),
    },
    (request) => host.commandPhone(request.params.serial, request.body),
  );
  app.get(
    '/power',
    {
      schema: describe('What every attached phone takes of others, as it said last', Type.Array(PhonePower)),
    },
    () => host.powers(),
  );
  app.get<{ Params: { serial: string } }>(
    '/phones/:serial/power',
    { schema: describe('What a phone takes of others, and why', PowerView, { params: BySerial }) },
    (request) => host.power(request.params.serial),
  );
  app.put<{ Params: { serial: string }; Body: PowerPolicy }>(
    '/phones/:serial/power',
    {
      schema: describe("Sets a phone's power settings, which it keeps", PowerView, {
        params: BySerial,
        body: PowerPolicy,
      }),
    },
    (request) => host.setPower(request.params.serial, request.body),
  );
  app.post<{ Body: AdbAddress }>(
    '/adb/connect',
    { schema: describe('Adds a phone by its address to your adb server', PhoneView, { body: AdbAddress }) },
    (request) => host.connectPhone(request.body.address),
  );
  app.post<{ Body: AdbAddress }>(
    '/adb/disconnect',
    {
      schema: describe('Takes a Wi-Fi phone out of your adb server, by address or serial', Done, {
        body: AdbAddress,
      }),
    },
    async (request) => {
      await host.disconnectPhone(request.body.address);
      return {};
    },
  );
  app.get<{ Params: { serial: string }; Querystring: { lines?: string } }>(
    '/phones/:serial/log',
    {
      schema: describe("The last lines of the agent's log", LogView, {
        params: BySerial,
        querystring: Type.Object(
          { lines: Type.Optional(Type.String({ pattern: '^[0-9]{1,6}$' })) },
          { additionalProperties: false },
        ),
      }),
    },
    (request) => host.log(request.params.serial, Number(request.query.lines ?? 200)),
  );
}

function captureRoutes(app: FastifyInstance, host: LabHost): void {
  const path = '/phones/:serial/capture';
  app.post<{ Params: { serial: string } }>(
    path,
    {
      schema: describe('Begins to record the frames that neighbours send to a phone', Done, {
        params: BySerial,
      }),
    },
    async (request) => {
      await host.startCapture(request.params.serial);
      return {};
    },
  );
  app.delete<{ Params: { serial: string } }>(
    path,
    { schema: describe('Ends the recording', CaptureSummary, { params: BySerial }) },
    (request) => host.stopCapture(request.params.serial),
  );
  app.get<{ Params: { serial: string } }>(
    path,
    { schema: { summary: 'The bytes of the last recording', params: BySerial } },
    async (request, reply) =>
      reply.type('application/octet-stream').send(await host.openCapture(request.params.serial)),
  );
}

function meshRoutes(app: FastifyInstance, host: LabHost): void {
  app.get('/mesh', { schema: describe('Links, and the topology as each phone sees it', MeshView) }, () =>
    host.mesh(),
  );
  app.post<{ Body: AddLink }>(
    '/links',
    { schema: describe('Links two phones, bridged or directly', LinkView, { body: AddLink }) },
    (request) => host.addLink(request.body),
  );
  app.delete<{ Params: { linkId: string } }>(
    '/links/:linkId',
    { schema: describe('Cuts a link', Done, { params: Type.Object({ linkId: Type.String() }) }) },
    async (request) => {
      await host.removeLink(request.params.linkId);
      return {};
    },
  );
}

function serviceRoutes(app: FastifyInstance, host: LabHost): void {
  app.get('/services', { schema: describe("The phones' service libraries", Type.Array(ServiceView)) }, () =>
    host.services(),
  );
  app.post<{ Querystring: { serial?: string }; Body: Readable }>(
    '/services',
    {
      schema: describe('Installs a package (body: the .meshsvc file)', InstalledService, {
        consumes: ['application/octet-stream'],
        querystring: OnPhone,
      }),
    },
    (request) => host.installService(fileBody(request.body), request.query.serial),
  );
  app.get<{ Params: { manifestSha256: string } }>(
    '/services/:manifestSha256',
    { schema: describe('One service with its manifest', ServiceDetail, { params: ByManifest }) },
    (request) => host.service(request.params.manifestSha256),
  );
  app.delete<{ Params: { manifestSha256: string }; Querystring: { serial?: string } }>(
    '/services/:manifestSha256',
    {
      schema: describe('Takes a service off one phone, or off all', Done, {
        params: ByManifest,
        querystring: OnPhone,
      }),
    },
    async (request) => {
      await host.removeService(request.params.manifestSha256, request.query.serial);
      return {};
    },
  );
}

function taskRoutes(app: FastifyInstance, host: LabHost): void {
  app.post<{ Querystring: { name?: string }; Body: Readable }>(
    '/uploads',
    {
      schema: describe('Stores a file for an input', UploadView, {
        consumes: ['application/octet-stream'],
        querystring: Named,
      }),
    },
    (request) => host.upload(fileBody(request.body), request.query.name),
  );
  app.get('/tasks', { schema: describe('All tasks of this run', Type.Array(TaskView)) }, () => host.tasks());
  app.post<{ Body: SubmitTask }>(
    '/tasks',
    { schema: describe('Requests a task', TaskView, { body: SubmitTask }) },
    (request) => host.submitTask(request.body),
  );
  app.get<{ Params: { taskId: string } }>(
    '/tasks/:taskId',
    { schema: describe('One task', TaskView, { params: ByTask }) },
    (request) => host.task(request.params.taskId),
  );
  app.post<{ Params: { taskId: string } }>(
    '/tasks/:taskId/cancel',
    { schema: describe('Cancels a task', TaskView, { params: ByTask }) },
    (request) => host.cancelTask(request.params.taskId),
  );
  app.get<{ Params: { taskId: string } }>(
    '/tasks/:taskId/receipt',
    { schema: describe('What both sides signed, checked', CheckedReceipt, { params: ByTask }) },
    (request) => host.receipt(request.params.taskId),
  );
  app.get<{ Params: { taskId: string; name: string } }>(
    '/tasks/:taskId/outputs/:name',
    {
      schema: {
        summary: "An output's bytes",
        params: Type.Object({ taskId: Type.String(), name: Type.String() }),
      },
    },
    async (request, reply) => {
      const output = await host.openOutput(request.params.taskId, request.params.name);
      return reply.type('application/octet-stream').send(output);
    },
  );
}

function fileBody(body: Readable | undefined): Readable {
  if (body && typeof body.pipe === 'function') return body;
  throw new AbhayaError('input.invalid', 'the body must be a file, sent as application/octet-stream');
}
