// The API as typed calls. Errors of the lab host arrive as the same AbhayaError that it threw.

import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { WebSocket } from 'ws';
import { AbhayaError, fromErrorShape } from '#base';
import {
  type AddLink,
  type AddPhones,
  type CaptureSummary,
  type CheckedReceipt,
  type DoctorCheck,
  type HistoryExportFormat,
  type HistoryExportWhat,
  type HistoryMeasurements,
  type HistoryRun,
  type HistoryService,
  type HistoryStatus,
  type HistoryTaskDetail,
  type HistoryTaskPage,
  type HostView,
  type InstalledService,
  LabEvent,
  type LinkView,
  type LogView,
  type MeshView,
  type PhoneCommand,
  type PhoneView,
  type PowerPolicy,
  type PowerView,
  parserOf,
  type ServiceDetail,
  type ServiceView,
  type SubmitTask,
  type TaskView,
  type UploadView,
} from '#schemas';
import { type SandboxClient, sandboxClient } from './sandbox-client.ts';

const parseEvent = parserOf(LabEvent, 'event of the lab host');

export interface LabClient {
  readonly apiUrl: string;
  host(): Promise<HostView>;
  doctor(): Promise<DoctorCheck[]>;
  shutdown(): Promise<void>;
  phones(): Promise<PhoneView[]>;
  addPhones(request: AddPhones): Promise<PhoneView[]>;
  removePhone(serial: string): Promise<void>;
  connectPhone(address: string): Promise<PhoneView>;
  disconnectPhone(address: string): Promise<void>;
  command(serial: string, command: PhoneCommand): Promise<PhoneView>;
  power(serial: string): Promise<PowerView>;
  setPower(serial: string, policy: PowerPolicy): Promise<PowerView>;
  log(serial: string, lines: number): Promise<LogView>;
  startCapture(serial: string): Promise<void>;
  stopCapture(serial: string): Promise<CaptureSummary>;
  saveCapture(serial: string, file: string): Promise<void>;
  mesh(): Promise<MeshView>;
  addLink(request: AddLink): Promise<LinkView>;
  removeLink(linkId: string): Promise<void>;
  services(): Promise<ServiceView[]>;
  service(manifestSha256: string): Promise<ServiceDetail>;
  /** The manifest of a task's service; undefined when no running phone has it any more. */
  manifestOf(task: Pick<TaskView, 'manifestSha256'>): Promise<ServiceDetail['manifest'] | undefined>;
  /** From one phone, or from all. */
  removeService(manifestSha256: string, serial: string | undefined): Promise<void>;
  installService(file: string, serial: string | undefined): Promise<InstalledService>;
  /** `onSent` hears the bytes sent so far. */
  upload(file: string, options?: UploadOptions): Promise<UploadView>;
  submit(request: SubmitTask): Promise<TaskView>;
  tasks(): Promise<TaskView[]>;
  task(taskId: string): Promise<TaskView>;
  cancel(taskId: string): Promise<TaskView>;
  receipt(taskId: string): Promise<CheckedReceipt>;
  /** Writes an output to a new file. */
  saveOutput(taskId: string, name: string, file: string): Promise<void>;
  /** Writes the answer of a GET to a new file. */
  saveAnswer(path: string, file: string): Promise<void>;
  history(): Promise<HistoryStatus>;
  historyRuns(): Promise<HistoryRun[]>;
  historyTasks(query?: QueryOf<'limit' | 'before' | 'package' | 'state'>): Promise<HistoryTaskPage>;
  historyTask(taskId: string): Promise<HistoryTaskDetail>;
  historyServices(): Promise<HistoryService[]>;
  historyMeasurements(query?: QueryOf<'serial' | 'from' | 'to' | 'step'>): Promise<HistoryMeasurements>;
  /** Writes an export to a new file. */
  saveHistory(what: HistoryExportWhat, format: HistoryExportFormat, file: string): Promise<void>;
  clearHistory(): Promise<void>;
  readonly sandbox: SandboxClient;
  /** Calls the listener for every event until closed; resolves when the stream is open. */
  events(listener: (event: LabEvent) => void): Promise<EventStream>;
}

export interface UploadOptions {
  readonly signal?: AbortSignal;
  readonly onSent?: (bytes: number) => void;
}

type QueryOf<K extends string> = { readonly [P in K]?: string | number };

export interface EventStream {
  readonly closed: Promise<void>;
  close(): void;
}

export function createLabClient(options: { apiUrl: string; token: string }): LabClient {
  const base = `${options.apiUrl}/api/v1`;
  const headers = { authorization: `Bearer ${options.token}` };

  function send(
    method: string,
    path: string,
    body?: { json?: unknown; file?: Readable },
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const type = body?.file
        ? 'application/octet-stream'
        : body?.json === undefined
          ? undefined
          : 'application/json';
      const outgoing = httpRequest(
        `${base}${path}`,
        {
          method,
          headers: type ? { ...headers, 'content-type': type } : headers,
          ...(signal ? { signal } : {}),
        },
        (response) => {
          if ((response.statusCode ?? 500) < 400) return resolve(response);
          json(response).then(
            (shape) => reject(fromErrorShape(shape as { code: string; message: string })),
            () => reject(new AbhayaError('host.unreachable', `the lab host answered ${response.statusCode}`)),
          );
        },
      );
      outgoing.on('error', (cause) =>
        reject(
          signal?.aborted
            ? new AbhayaError('cancelled', 'cancelled')
            : new AbhayaError('host.unreachable', `the lab host does not answer: ${cause.message}`, {
                cause,
              }),
        ),
      );
      if (body?.file) pipeline(body.file, outgoing).catch(reject);
      else outgoing.end(body?.json === undefined ? undefined : JSON.stringify(body.json));
    });
  }
  const get = async <T>(path: string): Promise<T> => (await json(await send('GET', path))) as T;
  const post = async <T>(path: string, body?: unknown): Promise<T> =>
    (await json(await send('POST', path, body === undefined ? {} : { json: body }))) as T;
  const enc = encodeURIComponent;
  const save = async (path: string, file: string): Promise<void> => {
    const response = await send('GET', path);
    try {
      await pipeline(response, createWriteStream(file, { flags: 'wx' }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(file, { force: true });
      throw error;
    }
  };

  return {
    apiUrl: options.apiUrl,
    host: () => get('/host'),
    doctor: () => get('/doctor'),
    shutdown: async () => void (await post('/host/shutdown')),
    phones: () => get('/phones'),
    addPhones: (request) => post('/phones', request),
    removePhone: async (serial) => void (await send('DELETE', `/phones/${enc(serial)}`)).resume(),
    connectPhone: (address) => post('/adb/connect', { address }),
    disconnectPhone: async (address) => void (await post('/adb/disconnect', { address })),
    command: (serial, command) => post(`/phones/${enc(serial)}/command`, command),
    power: (serial) => get(`/phones/${enc(serial)}/power`),
    setPower: async (serial, policy) =>
      (await json(await send('PUT', `/phones/${enc(serial)}/power`, { json: policy }))) as PowerView,
    log: (serial, lines) => get(`/phones/${enc(serial)}/log?lines=${lines}`),
    startCapture: async (serial) => void (await post(`/phones/${enc(serial)}/capture`)),
    stopCapture: async (serial) =>
      (await json(await send('DELETE', `/phones/${enc(serial)}/capture`))) as CaptureSummary,
    saveCapture: (serial, file) => save(`/phones/${enc(serial)}/capture`, file),
    mesh: () => get('/mesh'),
    addLink: (request) => post('/links', request),
    removeLink: async (linkId) => void (await send('DELETE', `/links/${enc(linkId)}`)).resume(),
    services: () => get('/services'),
    service: (manifestSha256) => get(`/services/${enc(manifestSha256)}`),
    async manifestOf({ manifestSha256 }) {
      if (manifestSha256 === undefined) return undefined;
      try {
        return ((await get(`/services/${enc(manifestSha256)}`)) as ServiceDetail).manifest;
      } catch (error) {
        if (error instanceof AbhayaError) return undefined; // a result is saved, whatever became of its service
        throw error;
      }
    },
    removeService: async (manifestSha256, serial) => {
      const where = serial ? `?serial=${enc(serial)}` : '';
      (await send('DELETE', `/services/${enc(manifestSha256)}${where}`)).resume();
    },
    installService: async (file, serial) =>
      (await json(
        await send('POST', `/services${serial ? `?serial=${enc(serial)}` : ''}`, {
          file: createReadStream(file),
        }),
      )) as InstalledService,
    async upload(file, { signal, onSent } = {}) {
      const source = createReadStream(file);
      let sent = 0;
      source.on('data', (chunk) => {
        sent += chunk.length;
        onSent?.(sent);
      });
      const name = [...path.basename(file)].slice(0, 255).join('');
      return (await json(
        await send('POST', `/uploads?name=${enc(name)}`, { file: source }, signal),
      )) as UploadView;
    },
    submit: (request) => post('/tasks', request),
    tasks: () => get('/tasks'),
    task: (taskId) => get(`/tasks/${enc(taskId)}`),
    cancel: (taskId) => post(`/tasks/${enc(taskId)}/cancel`),
    receipt: (taskId) => get(`/tasks/${enc(taskId)}/receipt`),
    saveOutput: (taskId, name, file) => save(`/tasks/${enc(taskId)}/outputs/${enc(name)}`, file),
    saveAnswer: save,
    history: () => get('/history'),
    historyRuns: () => get('/history/runs'),
    historyTasks: (query = {}) => get(`/history/tasks${queryOf(query)}`),
    historyTask: (taskId) => get(`/history/tasks/${enc(taskId)}`),
    historyServices: () => get('/history/services'),
    historyMeasurements: (query = {}) => get(`/history/measurements${queryOf(query)}`),
    saveHistory: (what, format, file) => save(`/history/export${queryOf({ what, format })}`, file),
    sandbox: sandboxClient({
      ...{ get, post, save },
      remove: async (path) => void (await send('DELETE', path)).resume(),
    }),
    clearHistory: async () => void (await send('DELETE', '/history')).resume(),
    events(listener) {
      const socket = new WebSocket(`${base.replace('http', 'ws')}/events`, ['abhaya.events.v1'], { headers });
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.on('message', (data) => listener(parseEvent(JSON.parse(String(data)))));
      return new Promise((resolve, reject) => {
        socket.once('open', () => resolve({ closed, close: () => socket.close() }));
        socket.on('error', (cause) =>
          reject(new AbhayaError('host.unreachable', `no events: ${cause.message}`, { cause })),
        );
      });
    },
  };
}

const queryOf = (query: Readonly<Record<string, string | number | undefined>>): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size > 0 ? `?${given}` : '';
};
