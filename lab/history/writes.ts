// Batches into rows. One transaction for each batch, so that a kill at any time leaves whole batches.

import { finalTaskStates, type TaskView } from '#schemas';
import { type Batch, type TaskRecord, taskRow } from './core/index.ts';
import { type Db, transaction } from './database.ts';
import { prune, type Retention } from './retention.ts';

export interface Writer {
  write(batch: Batch, nowMs: number): void;
}

const TASK_COLUMNS = [
  ...['atMs', 'runId', 'taskId', 'packageId', 'version', 'author', 'state', 'requester', 'device'],
  ...['deviceNode', 'attempts', 'hops', 'startedAt', 'durationMs', 'wallMs', 'cpuMs', 'peakMemoryBytes'],
  ...['bytesIn', 'bytesOut', 'problemCode', 'problemMessage', 'view'],
] as const;
const MAX_LIST = 200;
const MAX_TEXT = 512;

export function createWriter(db: Db, options: { runId: number; retention: Retention }): Writer {
  const { runId, retention } = options;
  const changing = TASK_COLUMNS.filter((name) => name !== 'taskId' && name !== 'atMs');
  const final = finalTaskStates.map((state) => `'${state}'`).join(', ');
  const insert = (table: string, names: readonly string[]) =>
    db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`);

  // A task that has ended never changes: phones tell of theirs again when they are attached again.
  const upsertTask = db.prepare(
    `INSERT INTO tasks (${TASK_COLUMNS.join(', ')}) VALUES (${TASK_COLUMNS.map(() => '?').join(', ')})
     ON CONFLICT (taskId) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}
     WHERE tasks.state NOT IN (${final})`,
  );
  const findTask = db.prepare('SELECT id FROM tasks WHERE taskId = ?');
  const clearOffers = db.prepare('DELETE FROM offers WHERE taskRow = ?');
  const clearTimeline = db.prepare('DELETE FROM timeline WHERE taskRow = ?');
  const offer = insert('offers', [
    ...['taskRow', 'position', 'nodeId', 'score', 'resources', 'network', 'load', 'specialisation'],
    ...['reliability', 'atMs', 'chosen'],
  ]);
  const step = insert('timeline', ['taskRow', 'position', 'state', 'atMs', 'note']);
  const event = insert('events', ['atMs', 'runId', 'kind', 'subject', 'state', 'detail']);
  const measurement = insert('measurements', [
    ...['atMs', 'serial', 'batteryPercent', 'charging', 'thermal', 'celsius', 'cpuLoad'],
    ...['availableMemoryBytes', 'memoryBytes'],
  ]);
  const link = insert('links', ['atMs', 'linkId', 'a', 'b', 'bytesAtoB', 'bytesBtoA']);
  const taskSample = insert('taskSamples', [
    ...['atMs', 'taskId', 'cpuMs', 'memoryBytes', 'bytesIn', 'bytesOut'],
  ]);

  function writeTask({ atMs, task }: TaskRecord): void {
    const row = { ...taskRow(task), atMs, runId };
    const { changes } = upsertTask.run(TASK_COLUMNS.map((name) => row[name]));
    const [found] = findTask.all([row.taskId]) as { id: number }[];
    if (changes > 0 && found) writeParts(found.id, task);
  }

  function writeParts(id: number, task: TaskView): void {
    clearOffers.run([id]);
    clearTimeline.run([id]);
    for (const [position, it] of task.offers.slice(0, MAX_LIST).entries()) {
      const { resources, network, load, specialisation, reliability } = it.parts;
      const parts = [resources, network, load, specialisation, reliability];
      offer.run([id, position, it.nodeId, it.score, ...parts, it.atMs, it.chosen ? 1 : 0]);
    }
    for (const [position, { state, atMs, note }] of task.timeline.slice(-MAX_LIST).entries()) {
      step.run([id, position, state, atMs, note?.slice(0, MAX_TEXT) ?? null]);
    }
  }

  return {
    write: (batch, nowMs) =>
      transaction(db, () => {
        for (const record of batch.tasks) writeTask(record);
        for (const { atMs, kind, subject, state, detail } of batch.events) {
          event.run([atMs, runId, kind, subject, state, detail?.slice(0, MAX_TEXT) ?? null]);
        }
        for (const it of batch.phones) {
          const memory = [it.availableMemoryBytes, it.memoryBytes];
          const power = [it.batteryPercent, it.charging ? 1 : 0, it.thermal, it.celsius ?? null];
          measurement.run([it.atMs, it.serial, ...power, it.cpuLoad, ...memory]);
        }
        for (const it of batch.links) {
          link.run([it.atMs, it.linkId, it.a, it.b, it.bytesAtoB, it.bytesBtoA]);
        }
        for (const it of batch.taskSamples) {
          const bytes = [it.memoryBytes, it.bytesIn, it.bytesOut];
          taskSample.run([it.atMs, it.taskId.slice(0, 256), it.cpuMs, ...bytes]);
        }
        prune(db, retention, nowMs);
      }),
  };
}
