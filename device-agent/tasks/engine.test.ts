// Whole devices on a mesh in memory: the life of a task, and every way in which it goes wrong.

import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireValue } from '#agent/mesh';
import { createSchemaJudge } from '#agent/services';
import { sleep } from '#base';
import { echo, echoTask, LabTester, program, taskThat } from './testing/lab-tester.ts';
import type { Behaviour } from './testing/sandbox-tester.ts';

const judge = createSchemaJudge();
afterAll(() => judge.close());

let lab: LabTester;
beforeEach(async () => {
  lab = await LabTester.open(judge);
});
afterEach(() => lab.close());

const slow =
  (ms: number): Behaviour =>
  async (input, job) => {
    await sleep(ms);
    return echo(input, job);
  };
const code = (value: string) => expect.objectContaining({ code: value });

describe('a task', () => {
  it('runs on another device, and its result is acknowledged and signed by both', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId, hops: 1, attempts: 1 });
    expect(view.outputs[0]).toMatchObject({ name: 'echo', value: { echo: 'hello', bytes: 5 } });
    expect(view.offers).toMatchObject([{ nodeId: worker.nodeId, chosen: true }]);
    expect(view.timeline.map(({ state }) => state)).toEqual([
      'queued',
      'offering',
      'starting',
      'running',
      'delivering',
      'acknowledged',
    ]);
    expect(view.report).toMatchObject({ reason: 'completed', layers: ['tester'] });
    const [output] = asker.engine.result(taskId);
    expect(await readFile(output?.path ?? '', 'utf8')).toContain('hello');

    await taskThat(worker.engine, taskId).catch(() => undefined); // it isn't the worker's task
    await sleep(50);
    const [ours] = asker.engine.receipts();
    const [theirs] = worker.engine.receipts();
    expect(ours).toEqual(theirs);
    expect(ours?.body).toMatchObject({ taskId, requester: asker.nodeId, executor: worker.nodeId });
    // Nothing of the task stays on the device that ran it.
    expect(worker.engine.executing()).toEqual([]);
    expect(await readdir(join(worker.spool, 'executions'))).toEqual([]);
  });

  it('fetches the missing package from the device that has it', async () => {
    const asker = await lab.plugIn();
    const source = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    const hash = await lab.install([source]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId });
    expect(view.timeline.map(({ state }) => state)).toContain('retrieving');
    expect(worker.library.get(hash)?.signed).toBe(true);
    expect(asker.library.list()).toEqual([]);
  });

  it('runs at home, with 0 hops, when only the requester can', async () => {
    const asker = await lab.plugIn(echo);
    await lab.plugIn();
    await lab.install([asker]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'acknowledged', device: asker.nodeId, hops: 0 });
  });

  it('leaves the requester alone when another device can', async () => {
    const asker = await lab.plugIn(echo);
    const worker = await lab.plugIn(echo, { cpuLoad: 0.9, freeMemoryMB: 80, battery: 0.1 });
    await lab.install([asker, worker]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId });
  });

  it('goes to the fitter of two when none is good enough to end the wait', async () => {
    const asker = await lab.plugIn();
    const busy = await lab.plugIn(echo, { cpuLoad: 1, thermal: 'hot', battery: 0.1 });
    const fit = await lab.plugIn(echo, { cpuLoad: 0.5, thermal: 'warm', battery: 0.5 });
    await lab.install([asker, busy, fit]);
    const taskId = await asker.engine.submit(echoTask('hello', { privacy: 'private' }));
    const view = await taskThat(asker.engine, taskId);
    expect(view.device).toBe(fit.nodeId);
  });

  it('carries large inputs and outputs by streams that break again and again', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(async (input) => ({ output: Buffer.concat([input, input]) }));
    const ports = [
      {
        name: 'text',
        schema: {},
        mediaType: 'application/octet-stream',
        required: true,
        maxBytes: 50_000_000,
      },
    ];
    await lab.install([worker], { inputs: ports, outputs: ports });
    lab.mesh.weather.cutAfterBytes = 400_000;
    const content = Buffer.alloc(3_000_000, 'abc');
    const path = join(lab.root, 'big');
    await writeFile(path, content);
    const taskId = await asker.engine.submit(echoTask('', { inputs: { text: { path } } }));
    const view = await taskThat(asker.engine, taskId, undefined, 20_000);
    expect(view.state).toBe('acknowledged');
    const [output] = asker.engine.result(taskId);
    expect(Buffer.concat([content, content]).equals(await readFile(output?.path ?? ''))).toBe(true);
    // Resumed, not begun again.
    expect(lab.mesh.streamedBytes).toBeLessThan(15_000_000);
  });

  it('can name its device', async () => {
    const asker = await lab.plugIn();
    const first = await lab.plugIn(echo);
    const second = await lab.plugIn(echo, { cpuLoad: 1 });
    await lab.install([asker, first, second]);
    const on = { constraints: { on: second.nodeId } };
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello', on)));
    expect(view).toMatchObject({ state: 'acknowledged', device: second.nodeId });
  });

  it('says why the named device declines', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo, {
      participation: { accepts: false, reason: 'the owner is asleep' },
    });
    await lab.install([asker, worker]);
    const on = { constraints: { on: worker.nodeId } };
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello', on)));
    expect(view.problem).toMatchObject({ code: 'task.no-offers' });
    expect(view.problem?.message).toContain('the owner is asleep');
  });

  it('runs on a device that takes this package only', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo, {
      participation: { accepts: false, reason: 'optional services pause', except: [echoTask('').packageId] },
    });
    await lab.install([asker, worker]);
    const on = { constraints: { on: worker.nodeId } };
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello', on)));
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId });
  });
});

describe('many tasks', () => {
  it('run in turns on one device, and wait for their turn longer than a standstill may last', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(450));
    await lab.install([asker, worker]);
    const taskIds = await Promise.all(
      Array.from({ length: 8 }, (_, i) => asker.engine.submit(echoTask(`task ${i}`))),
    );
    let most = 0;
    for (const taskId of taskIds) {
      const view = await taskThat(asker.engine, taskId, ({ state }) => {
        most = Math.max(most, worker.sandbox?.running ?? 0);
        return state === 'acknowledged';
      });
      expect(view.attempts).toBe(1);
    }
    expect(most).toBe(2);
    expect(worker.sandbox?.jobs).toHaveLength(8);
  });

  it('go elsewhere when a device has no place left', async () => {
    const asker = await lab.plugIn();
    const small = { maxTasks: 1, maxWaiting: 0 };
    const one = await lab.plugIn(slow(300), {}, small);
    const two = await lab.plugIn(slow(300), {}, small);
    await lab.install([asker, one, two]);
    const taskIds = await Promise.all([1, 2].map((i) => asker.engine.submit(echoTask(`task ${i}`))));
    const devices = [];
    for (const taskId of taskIds) devices.push((await taskThat(asker.engine, taskId)).device);
    expect(devices.sort()).toEqual([one.nodeId, two.nodeId].sort());
  });
});

describe('what the service does wrong', () => {
  it.each<[string, Behaviour, string]>([
    [
      'a denied call',
      async () => ({ reason: 'syscall-denied', syscall: 'openat' }),
      'syscall-denied (openat)',
    ],
    ['an exit code', async () => ({ reason: 'failed', exitCode: 3 }), 'failed (exit code 3)'],
    ['too much memory', async () => ({ reason: 'out-of-memory' }), 'out-of-memory'],
  ])('%s ends the task with its report, on one device', async (_what, behaviour, message) => {
    const asker = await lab.plugIn();
    const first = await lab.plugIn(behaviour);
    const second = await lab.plugIn(behaviour);
    await lab.install([asker, first, second]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'failed', attempts: 1, problem: { code: 'task.failed' } });
    expect(view.problem?.message).toContain(message);
    expect(view.report?.reason).toBe(message.split(' ')[0]);
    expect(() => asker.engine.result(taskId)).toThrow(code('task.failed'));
  });

  it('an output that does not fit its schema fails the task', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(async () => ({ output: Buffer.from('{"other":1}') }));
    await lab.install([asker, worker]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'task.output-invalid' } });
  });
});

describe('devices that fail', () => {
  it('one that dies is replaced by the spare, with one result', async () => {
    const asker = await lab.plugIn();
    const first = await lab.plugIn(slow(400));
    const second = await lab.plugIn(slow(400), { cpuLoad: 0.3 });
    await lab.install([asker, first, second]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    const running = await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    lab.mesh.kill(running.device ?? '', 50);
    const view = await taskThat(asker.engine, taskId);
    expect(view.state).toBe('acknowledged');
    expect(view.attempts).toBe(2);
    expect(view.device).not.toBe(running.device);
    expect(view.timeline.filter(({ state }) => state === 'acknowledged')).toHaveLength(1);
  });

  it('one whose death nobody notices is given up after its silence', async () => {
    const asker = await lab.plugIn();
    const first = await lab.plugIn(slow(300));
    const second = await lab.plugIn(slow(300));
    await lab.install([asker, first, second]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    const running = await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    lab.mesh.kill(running.device ?? '');
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'acknowledged', attempts: 2 });
    expect(view.timeline.find(({ note }) => note?.includes('silent'))).toBeDefined();
  });

  it("a zombie's late result changes nothing", async () => {
    const asker = await lab.plugIn();
    const first = await lab.plugIn(slow(500));
    const second = await lab.plugIn(slow(200));
    await lab.install([asker, first, second]);
    const zombie = first.nodeId;
    const taskId = await asker.engine.submit(echoTask('hello', { constraints: {} }));
    await taskThat(asker.engine, taskId, ({ device }) => device !== undefined);
    const chosen = asker.engine.get(taskId).device ?? '';
    lab.mesh.leave(chosen);
    const view = await taskThat(asker.engine, taskId);
    lab.mesh.comeBack(chosen);
    await sleep(800);
    expect(asker.engine.get(taskId)).toEqual(view);
    expect(lab.devices.flatMap(({ engine }) => engine.executing())).toEqual([]);
    expect([zombie, second.nodeId]).toContain(chosen);
  });

  it('the only one is out of reach for a while: it finishes, and its result is taken when it is back', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(300));
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    lab.mesh.leave(worker.nodeId);
    // Longer than all rounds of offers would take.
    await sleep(1_500);
    expect(asker.engine.get(taskId).state).toBe('offering');
    lab.mesh.comeBack(worker.nodeId);
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId });
    expect(worker.sandbox?.jobs).toHaveLength(1);
  });

  it('one that refuses, by a sandbox error, is replaced', async () => {
    const asker = await lab.plugIn();
    const broken = await lab.plugIn(async () => ({ reason: 'sandbox-error', message: 'no seccomp' }));
    const good = await lab.plugIn(echo, { cpuLoad: 0.8 });
    await lab.install([asker, broken, good]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'acknowledged', device: good.nodeId });
  });

  it.each<[string, (body: Record<string, unknown>) => void]>([
    ['the hash', (body) => Object.assign(body, { resultSha256: 'a'.repeat(64) })],
    [
      'the output',
      (body) => {
        const [output] = body.outputs as { inline: Uint8Array }[];
        if (output)
          output.inline = Uint8Array.from(output.inline, (byte, at) => (at === 3 ? byte ^ 1 : byte));
      },
    ],
    [
      'the receipt',
      (body) => Object.assign(body.receipt as object, { executorSignature: new Uint8Array(64) }),
    ],
  ])('one that lies about %s is never believed', async (_what, falsify) => {
    const asker = await lab.plugIn();
    const liar = await lab.plugIn(echo);
    const good = await lab.plugIn(echo, { cpuLoad: 0.9 });
    await lab.install([asker, liar, good]);
    lab.mesh.tamper = ({ kind, from, body }) => {
      if (kind === 'task_result' && from === liar.nodeId) falsify(body as Record<string, unknown>);
      return body as WireValue;
    };
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'acknowledged', device: good.nodeId });
    expect(liar.engine.receipts()).toEqual([]);
  });

  it('a source that sends a broken package is passed over', async () => {
    const asker = await lab.plugIn();
    const bad = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    const good = await lab.plugIn();
    const hash = await lab.install([bad, good]);
    await writeFile(bad.library.packageFile(hash), 'broken');
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'acknowledged', device: worker.nodeId });
  });

  it('with no device at all the task fails with a code', async () => {
    const asker = await lab.plugIn();
    await lab.install([asker]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'task.no-offers' }, attempts: 0 });
  });

  it('a device that does not trust the author neither offers nor fetches', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo, {}, { trust: () => 'ask' });
    await lab.install([asker]);
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view.problem?.code).toBe('task.no-offers');
    expect(worker.library.list()).toEqual([]);
  });
});

describe('bad weather', () => {
  it('loss, repeats and reordering give one result', async () => {
    Object.assign(lab.mesh.weather, { loss: 0.3, repeat: 0.3, delayMs: 30 });
    const asker = await lab.plugIn();
    const workers = [await lab.plugIn(echo), await lab.plugIn(echo), await lab.plugIn(echo)];
    await lab.install([asker, ...workers]);
    const taskIds = await Promise.all(
      Array.from({ length: 6 }, (_, i) => asker.engine.submit(echoTask(`task ${i}`))),
    );
    for (const [i, taskId] of taskIds.entries()) {
      const view = await taskThat(asker.engine, taskId, undefined, 20_000);
      expect(view.state).toBe('acknowledged');
      expect(view.outputs[0]?.value).toMatchObject({ echo: `task ${i}` });
      expect(view.timeline.filter(({ state }) => state === 'acknowledged')).toHaveLength(1);
    }
    lab.mesh.weather.loss = 0;
    await sleep(500);
    expect(workers.flatMap(({ engine }) => engine.executing())).toEqual([]);
  });

  it('the requester is away for a while: the result waits for it', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(200));
    await lab.install([asker, worker]);
    lab.mesh.tamper = (message) =>
      message.kind === 'task_result' && performance.now() < until ? undefined : (message.body as WireValue);
    const until = performance.now() + 700;
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view.state).toBe('acknowledged');
    expect(worker.sandbox?.jobs).toHaveLength(1);
  });
});

describe('cancelling and deadlines', () => {
  it.each(['offering', 'starting', 'retrieving', 'running', 'delivering'])(
    'cancel while %s',
    async (state) => {
      const asker = await lab.plugIn();
      const worker = await lab.plugIn(state === 'running' ? slow(5000) : slow(20));
      await lab.install([asker, ...(state === 'retrieving' ? [] : [worker])]);
      lab.mesh.tamper = ({ kind, body }) => {
        if (state === 'offering' && kind === 'task_offer') return undefined;
        if (state === 'starting' && kind === 'task_progress') return undefined;
        if (state === 'starting' && kind === 'task_result') return undefined;
        return body as WireValue;
      };
      if (state === 'delivering' || state === 'retrieving') lab.mesh.weather.cutAfterBytes = 0;
      if (state === 'delivering' && worker.sandbox) {
        worker.sandbox.behaviour = async () => ({ output: bigJson });
      }
      const taskId = await asker.engine.submit(echoTask('hello'));
      await taskThat(asker.engine, taskId, (view) => view.state === state);
      asker.engine.cancel(taskId, 'changed my mind');
      asker.engine.cancel(taskId, 'again');
      const view = asker.engine.get(taskId);
      expect(view).toMatchObject({
        state: 'cancelled',
        problem: { code: 'task.cancelled', message: 'changed my mind' },
      });
      await sleep(300);
      expect(asker.engine.get(taskId)).toEqual(view);
      expect(worker.engine.executing()).toEqual([]);
      expect(worker.sandbox?.running).toBe(0);
      expect(await readdir(join(worker.spool, 'executions'))).toEqual([]);
    },
  );
  const bigJson = Buffer.from(JSON.stringify({ echo: 'x'.repeat(100_000) }));

  it('a deadline ends the task on both sides', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(5000));
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('hello', { deadlineMs: 400 }));
    const view = await taskThat(asker.engine, taskId);
    expect(view).toMatchObject({ state: 'expired', problem: { code: 'task.expired' } });
    await sleep(100);
    expect(worker.sandbox?.running).toBe(0);
  });

  it('closing the engine stops what it runs, and leaves nothing in its spool', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(5000));
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    await worker.engine.close();
    await worker.engine.close();
    expect(worker.sandbox?.running).toBe(0);
    expect(existsSync(join(worker.spool, 'executions'))).toBe(false);
    await expect(worker.engine.submit(echoTask('x'))).rejects.toThrow(code('closed'));
  });
});

describe('wrong requests', () => {
  const submit = async (options: Parameters<LabTester['install']>[1], task: ReturnType<typeof echoTask>) => {
    const asker = await lab.plugIn(echo);
    await lab.install([asker], options);
    const outcome = asker.engine.submit(task);
    await outcome.catch(() => undefined);
    expect(asker.engine.list()).toHaveLength(0);
    expect(await readdir(join(asker.spool, 'requests'))).toEqual([]);
    return outcome;
  };

  it.each<[string, Parameters<typeof echoTask>[1], string]>([
    ['no such service', { packageId: 'org.example.nothing' }, 'not-found'],
    ['no such version', { version: '9.9.9' }, 'not-found'],
    ['a missing input', { inputs: {} }, 'task.input-invalid'],
    ['an unknown input', { inputs: { text: { value: 'a' }, more: { value: 'b' } } }, 'task.input-invalid'],
    ['an inherited name for an input', { inputs: { toString: { value: 'a' } } }, 'task.input-invalid'],
    ['a value of the wrong kind', { inputs: { text: { value: 17 } } }, 'task.input-invalid'],
    ['a file that is not there', { inputs: { text: { path: '/nothing/here' } } }, 'task.input-invalid'],
    ['a folder', { inputs: { text: { path: '/' } } }, 'task.input-invalid'],
    [
      'an input that is too large',
      { inputs: { text: { value: 'x'.repeat(1_000_001) } } },
      'task.input-invalid',
    ],
    ['a deadline in the past', { deadlineMs: -1 }, 'input.invalid'],
  ])('%s', async (_what, more, expected) => {
    await expect(submit({}, echoTask('hello', more))).rejects.toThrow(code(expected));
  });

  it('a JSON input that does not fit its schema', async () => {
    const inputs = [
      {
        name: 'text',
        schema: { type: 'integer' },
        mediaType: 'application/json',
        required: true,
        maxBytes: 100,
      },
    ];
    await expect(submit({ inputs }, echoTask('hello'))).rejects.toThrow(code('task.input-invalid'));
  });

  it('the executor judges JSON inputs too, where the requester has no manifest', async () => {
    const inputs = [
      {
        name: 'text',
        schema: { type: 'integer' },
        mediaType: 'application/json',
        required: true,
        maxBytes: 100,
      },
    ];
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    await lab.install([worker], { inputs });
    const view = await taskThat(asker.engine, await asker.engine.submit(echoTask('hello')));
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'task.input-invalid' }, attempts: 1 });
    expect(worker.sandbox?.jobs).toEqual([]);
  });

  it('an ambiguous service is refused, and the triple helps', async () => {
    const asker = await lab.plugIn();
    const one = await lab.plugIn(echo);
    const two = await lab.plugIn(echo);
    await lab.install([one]);
    await lab.install([two], { version: '2.0.0' });
    await expect(asker.engine.submit(echoTask('hello'))).rejects.toThrow(code('ambiguous'));
    const view = await taskThat(
      asker.engine,
      await asker.engine.submit(echoTask('hello', { version: '2.0.0' })),
    );
    expect(view).toMatchObject({ state: 'acknowledged', version: '2.0.0' });
  });
});

describe('hostile messages', () => {
  const good: Record<string, unknown> = { taskId: 'a'.repeat(32), attempt: 1 };
  it.each([
    ['service_query', { queryId: 'x' }],
    ['service_response', { queryId: '0'.repeat(16), services: [] }],
    ['task_request', { taskId: 1 }],
    ['task_offer', { ...good, accept: 'yes' }],
    ['task_start', { ...good, inputs: [{ name: '../../etc' }] }],
    ['task_progress', { ...good, phase: 'flying' }],
    ['task_result', { ...good, status: 'completed', outputs: 'none' }],
    ['result_ack', { ...good, resultSha256: 'a', accepted: 1 }],
    ['task_cancel', { ...good, attempt: -1, reason: 'x' }],
    ['task_cancel', { ...good, reason: 'x'.repeat(5000) }],
    ['task_cancel', null],
    ['receipt', []],
  ])('a malformed %s changes nothing', async (kind, body) => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(200));
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('hello'));
    await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    const aimed = typeof body === 'object' && body !== null && 'taskId' in body ? { ...body, taskId } : body;
    for (const target of [asker, worker]) {
      lab.mesh.forge(worker.nodeId, target.nodeId, kind, aimed);
      lab.mesh.forge(asker.nodeId, target.nodeId, kind, aimed);
    }
    expect((await taskThat(asker.engine, taskId)).state).toBe('acknowledged');
  });

  it("a stranger can't cancel, finish, feed or rob another's task", async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(slow(300));
    const stranger = await lab.plugIn();
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('secret '.repeat(10_000)));
    await taskThat(asker.engine, taskId, ({ state }) => state === 'running');
    lab.mesh.forge(stranger.nodeId, worker.nodeId, 'task_cancel', { taskId, attempt: 9, reason: 'mine now' });
    lab.mesh.forge(stranger.nodeId, asker.nodeId, 'task_result', {
      taskId,
      attempt: 1,
      status: 'completed',
      outputs: [],
      resultSha256: 'a'.repeat(64),
    });
    lab.mesh.forge(stranger.nodeId, asker.nodeId, 'task_progress', {
      ...{ taskId, attempt: 1, phase: 'delivering', work: 1, done: 1, total: 1 },
      ...{ cpuMs: 1, memoryBytes: 1, bytesIn: 1, bytesOut: 1 },
    });
    const theirs = lab.mesh.join('f'.repeat(64));
    const stolen = await theirs.openStream(asker.nodeId, {
      kind: 'task_inputs',
      taskId,
      attempt: 1,
      name: 'text',
      offset: 0,
    });
    const read = async () => {
      for await (const _ of stolen.readable) throw new Error('bytes came');
    };
    await expect(read()).rejects.toThrow(code('mesh.stream-reset'));
    expect(asker.engine.get(taskId).state).toBe('running');
    expect((await taskThat(asker.engine, taskId)).state).toBe('acknowledged');
  });

  it('inputs that would fill the storage are refused before a byte is fetched', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo, { freeStorageMB: 1 });
    await lab.install([asker, worker]);
    const taskId = await asker.engine.submit(echoTask('x'.repeat(900_000)));
    const view = await taskThat(asker.engine, taskId);
    expect(view.problem).toMatchObject({ code: 'task.no-offers' });
    expect(view.problem?.message).toContain('too little storage');
    expect(lab.mesh.streamedBytes).toBe(0);
  });

  it('a flood of starts stays bounded and leaves room for others', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    await lab.install([asker, worker]);
    const flooder = lab.mesh.join('e'.repeat(64));
    for (let i = 0; i < 1500; i++)
      lab.mesh.forge(flooder.nodeId, worker.nodeId, 'task_start', {
        ...{
          taskId: i.toString(16).padStart(32, '0'),
          attempt: 1,
          sources: [],
          inputs: [],
          privacy: 'private',
        },
        service: { ...asker.library.list()[0]?.key },
        deadlineMs: 86_400_000,
      });
    expect(worker.engine.executing().length).toBeLessThanOrEqual(1000);
    const view = await taskThat(
      asker.engine,
      await asker.engine.submit(echoTask('hello')),
      undefined,
      15_000,
    );
    expect(view.state).toBe('acknowledged');
  });

  it('starting a task with the hash of another service is refused', async () => {
    const asker = await lab.plugIn();
    const worker = await lab.plugIn(echo);
    await lab.install([worker]);
    await lab.install(
      [asker],
      { packageId: 'org.example.evil' },
      { ...program, 'assets/x': new Uint8Array(3) },
    );
    lab.mesh.tamper = ({ kind, body }) => {
      if (kind === 'task_start')
        (body as { service: { packageId: string } }).service.packageId = 'org.example.echo';
      return body as WireValue;
    };
    const submitted = asker.engine.submit(echoTask('x', { packageId: 'org.example.evil' }));
    const view = await taskThat(asker.engine, await submitted);
    expect(view.state).toBe('failed');
    expect(worker.library.list()).toHaveLength(1);
    expect(worker.sandbox?.jobs).toEqual([]);
  });
});
