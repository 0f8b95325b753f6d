// Judges JSON by schemas that packages bring (spec 01: compiled and run where they can be killed). Owns one worker
// thread, started when first needed, killed when it misses its deadline or outgrows its memory.

import { Worker } from 'node:worker_threads';
import { AbhayaError } from '#base';
import { assertTameSchema } from './schema-rules.ts';

export interface JudgeRequest {
  readonly id: number;
  /** JSON text. */
  readonly schema: string;
  /** Absent: compile only. */
  readonly json?: string;
}

export interface JudgeReply {
  readonly id: number;
  /** Why the value doesn't fit. */
  readonly problem?: string;
  /** Why the schema itself is refused. */
  readonly hostile?: string;
}

export interface SchemaJudge {
  /** Throws `package.schema-hostile` unless the schema is tame and compiles in time. */
  compile(schema: unknown, what: string): Promise<void>;
  /** Why the JSON text doesn't fit the schema, or undefined when it does. Throws `package.schema-hostile`. */
  check(schema: unknown, json: string, what: string): Promise<string | undefined>;
  /** Ends the thread; what waits gets `closed`. */
  close(): Promise<void>;
}

export interface SchemaJudgeOptions {
  /** The worker's file: schema-worker.ts here, schema-worker.js beside a bundle. */
  readonly workerFile?: URL;
  /** For one request, once the thread is up. */
  readonly deadlineMs?: number;
}

const MEMORY_MB = 192;
const START_MS = 20_000;
/** A slow phone with other things to do needs seconds for an honest schema; a hostile one is killed either way. */
const DEADLINE_MS = 10_000;

export function createSchemaJudge(options: SchemaJudgeOptions = {}): SchemaJudge {
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const workerFile = options.workerFile ?? besideThisFile();
  let worker: Worker | undefined;
  let lastId = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;

  const kill = async (): Promise<void> => {
    const dying = worker;
    worker = undefined;
    await dying?.terminate();
  };

  // One request at a time: whoever is late is then known.
  const ask = (schema: unknown, json: string | undefined, what: string): Promise<JudgeReply> => {
    const answer = turn.then(async () => {
      if (closed) throw new AbhayaError('closed', 'the schema judge is closed');
      worker ??= await startWorker(workerFile);
      lastId += 1;
      const request = { id: lastId, schema: JSON.stringify(schema), ...(json === undefined ? {} : { json }) };
      try {
        return await exchange(worker, request, deadlineMs);
      } catch (cause) {
        await kill();
        if (closed) throw new AbhayaError('closed', 'the schema judge is closed', { cause });
        const message = `the schema of ${what} takes too long or too much memory`;
        throw new AbhayaError('package.schema-hostile', message, { cause });
      }
    });
    turn = answer.catch(() => undefined);
    return answer;
  };

  const judged = async (schema: unknown, json: string | undefined, what: string) => {
    assertTameSchema(schema, what);
    const { hostile, problem } = await ask(schema, json, what);
    if (hostile !== undefined)
      throw new AbhayaError('package.schema-hostile', `the schema of ${what} is refused: ${hostile}`);
    return problem;
  };

  return {
    async compile(schema, what) {
      await judged(schema, undefined, what);
    },
    check: (schema, json, what) => judged(schema, json, what),
    async close() {
      closed = true;
      await kill();
      await turn;
      await kill(); // one that was starting while we closed
    },
  };
}

const besideThisFile = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './schema-worker.ts' : './schema-worker.js', import.meta.url);

async function startWorker(file: URL): Promise<Worker> {
  const worker = new Worker(file, {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    // A first, trivial request: the deadline of a real one must not pay for the start.
    await exchange(worker, { id: 0, schema: 'true' }, START_MS);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return worker;
}

function exchange(worker: Worker, request: JudgeRequest, deadlineMs: number): Promise<JudgeReply> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no answer in ${deadlineMs} ms`))),
      deadlineMs,
    );
    const onMessage = (reply: JudgeReply) => {
      if (reply.id === request.id) settle(() => resolve(reply));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('the thread ended')));
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      // 'error' may come once more while the thread dies; without a listener it would end the process.
      worker.off('error', onError);
      worker.on('error', () => undefined);
      worker.unref();
      finish();
    };
    worker.ref();
    worker.removeAllListeners('error');
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}
