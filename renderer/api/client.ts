// The one client of the lab host's API in the window. Calls go to the app's own address, whose main process adds the
// token. Answers are checked against their schemas; errors are AbhayaErrors with the lab host's code.

import { validators } from 'virtual:validators';
import type { Static } from 'typebox';
import { AbhayaError, fromErrorShape } from '#base';
import type { answers } from './answers.ts';

export type Answers = { [K in keyof typeof answers]: Static<(typeof answers)[K]> };
type Options = { readonly signal?: AbortSignal | undefined };

const base = '/api/v1';

/** GET, with the answer's schema by name. */
export const get = async <K extends keyof Answers>(
  kind: K,
  path: string,
  options: Options = {},
): Promise<Answers[K]> => checked(kind, await (await send('GET', path, undefined, options)).json());

/** POST of a JSON body; `kind` is the answer's schema. */
export const post = async <K extends keyof Answers>(
  kind: K,
  path: string,
  body: unknown,
  options: Options = {},
): Promise<Answers[K]> => checked(kind, await (await send('POST', path, body, options)).json());

/** PUT of a JSON body; `kind` is the answer's schema. */
export const put = async <K extends keyof Answers>(
  kind: K,
  path: string,
  body: unknown,
  options: Options = {},
): Promise<Answers[K]> => checked(kind, await (await send('PUT', path, body, options)).json());

/** POST or DELETE whose answer says nothing. */
export async function tell(method: 'POST' | 'DELETE' | 'PUT', path: string, body?: unknown): Promise<void> {
  await (await send(method, path, body, {})).arrayBuffer();
}

export async function blob(path: string, options: Options = {}): Promise<Blob> {
  return (await send('GET', path, undefined, options)).blob();
}

async function send(method: string, path: string, body: unknown, { signal }: Options): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${base}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw new AbhayaError('cancelled', 'cancelled', { cause });
    throw new AbhayaError('host.unreachable', 'the lab host does not answer', { cause });
  }
  if (response.ok) return response;
  const shape: unknown = await response.json().catch(() => undefined);
  throw isShape(shape)
    ? fromErrorShape(shape)
    : new AbhayaError('host.unreachable', `the lab host answered ${response.status}`);
}

const isShape = (value: unknown): value is { code: string; message: string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { code?: unknown }).code === 'string' &&
  typeof (value as { message?: unknown }).message === 'string';

function checked<K extends keyof Answers>(kind: K, value: unknown): Answers[K] {
  const validate = validators[kind];
  if (validate(value)) return value as Answers[K];
  const [first] = validate.errors ?? [];
  throw new AbhayaError(
    'wire.malformed',
    `the lab host's answer is not as expected${first ? ` at ${first.instancePath}: ${first.message ?? ''}` : ''}`,
  );
}
