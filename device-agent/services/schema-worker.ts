// Runs in a worker thread that may be killed: parses JSON and judges it by a package's schema. Patterns go to a
// linear-time engine. Speaks JudgeRequest and JudgeReply of schema-judge.ts.

import { parentPort } from 'node:worker_threads';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { JudgeReply, JudgeRequest } from './schema-judge.ts';

const CACHED_SCHEMAS = 32;

const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    // ajv keeps compiled patterns under their toString(): without one of its own, all would be the first one.
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: 'linearRegExp' }, // only named in standalone code, which isn't made here
);

function createJudge(): (request: JudgeRequest) => JudgeReply {
  const cache = new Map<string, ValidateFunction>();

  const compile = (schema: string): ValidateFunction => {
    const known = cache.get(schema);
    if (known) return known;
    // In 2020-12 `format` is an annotation; checking it would run regular expressions of others.
    const ajv = new Ajv2020({
      strict: false,
      validateFormats: false,
      addUsedSchema: false,
      code: { regExp: linearRegExp },
    });
    const validate = ajv.compile(JSON.parse(schema));
    if (cache.size >= CACHED_SCHEMAS) cache.delete(cache.keys().next().value ?? '');
    cache.set(schema, validate);
    return validate;
  };

  return ({ id, schema, json }) => {
    let validate: ValidateFunction;
    try {
      validate = compile(schema);
    } catch (error) {
      return { id, hostile: `it does not compile: ${sentence(error)}` };
    }
    if (json === undefined) return { id };
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      return { id, problem: 'is not JSON' };
    }
    try {
      if (validate(value)) return { id };
    } catch (error) {
      return { id, hostile: `judging by it failed: ${sentence(error)}` };
    }
    const [first] = validate.errors ?? [];
    const place = first?.instancePath ? `${first.instancePath.slice(0, 200)} ` : '';
    return { id, problem: `${place}${first?.message ?? 'does not match'}`.slice(0, 500) };
  };
}

const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 300);

// The one effect of this file: a thread has no other way to begin.
const judge = createJudge();
parentPort?.on('message', (request: JudgeRequest) => parentPort?.postMessage(judge(request)));
