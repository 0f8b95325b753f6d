// Inputs and outputs as files with hashes: values become bytes, JSON is judged by its schema, sizes by the manifest.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalBytes, type SchemaJudge } from '#agent/services';
import { AbhayaError, type ErrorCode } from '#base';
import { isJsonMediaType, type ServicePort, type WirePort } from '#schemas';
import type { TaskInput } from './port.ts';

export interface TaskFile {
  readonly name: string;
  readonly mediaType: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** JSON is judged as a whole in memory: larger documents belong into other media types. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;
export const MAX_VALUE_BYTES = 256 * 1024;

/** Makes the inputs' files in the folder. Throws `task.input-invalid`. */
export async function prepareInputs(
  ports: readonly WirePort[],
  inputs: Readonly<Record<string, TaskInput>>,
  folder: string,
): Promise<TaskFile[]> {
  const refuse = (message: string, cause?: unknown) =>
    new AbhayaError('task.input-invalid', message, cause === undefined ? {} : { cause });
  const known = new Set(ports.map(({ name }) => name));
  for (const name of Object.keys(inputs)) {
    if (!known.has(name))
      throw refuse(
        `the service has no input ${JSON.stringify(name)}: it has ${[...known].join(', ') || 'none'}`,
      );
  }
  const files: TaskFile[] = [];
  for (const port of ports) {
    const input = Object.hasOwn(inputs, port.name) ? inputs[port.name] : undefined;
    if (!input) {
      if (port.required) throw refuse(`the input ${port.name} is missing`);
      continue;
    }
    let path: string;
    if ('path' in input) path = input.path;
    else {
      path = join(folder, port.name);
      await writeFile(path, bytesOfValue(port, input.value, refuse), { mode: 0o600, flag: 'wx' });
    }
    const facts = await factsOf(path).catch((cause: unknown) => {
      throw refuse(`the file for the input ${port.name} can't be read`, cause);
    });
    if (facts.bytes > port.maxBytes)
      throw refuse(`the input ${port.name} has ${facts.bytes} bytes: at most ${port.maxBytes} are taken`);
    files.push({ name: port.name, mediaType: port.mediaType, path, ...facts });
  }
  return files;
}

function bytesOfValue(port: WirePort, value: unknown, refuse: (message: string) => Error): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (isJsonMediaType(port.mediaType)) {
    try {
      return canonicalBytes(value);
    } catch {
      throw refuse(`the value of the input ${port.name} is no JSON`);
    }
  }
  if (typeof value === 'string') return new TextEncoder().encode(value);
  throw refuse(`the input ${port.name} is ${port.mediaType}: give text or a file`);
}

/** Size and hash of a regular file. */
export async function factsOf(path: string): Promise<{ bytes: number; sha256: string }> {
  if (!(await stat(path)).isFile()) throw new AbhayaError('input.invalid', `${path} is no regular file`);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Throws `code` unless the files are what the ports of a verified manifest take. */
export async function judgeFiles(
  ports: readonly ServicePort[],
  files: readonly TaskFile[],
  judge: SchemaJudge,
  code: ErrorCode,
): Promise<void> {
  const byName = new Map(files.map((file) => [file.name, file]));
  if (byName.size !== files.length) throw new AbhayaError(code, 'a name stands there twice');
  for (const port of ports) {
    const file = byName.get(port.name);
    byName.delete(port.name);
    if (!file) {
      if (port.required) throw new AbhayaError(code, `${port.name} is missing`);
      continue;
    }
    if (file.bytes > port.maxBytes)
      throw new AbhayaError(
        code,
        `${port.name} has ${file.bytes} bytes: at most ${port.maxBytes} are allowed`,
      );
    if (isJsonMediaType(port.mediaType)) await judgeJson(port, file, judge, code);
  }
  const [unknown] = byName.keys();
  if (unknown !== undefined) throw new AbhayaError(code, `the service has no ${JSON.stringify(unknown)}`);
}

async function judgeJson(
  port: ServicePort,
  file: TaskFile,
  judge: SchemaJudge,
  code: ErrorCode,
): Promise<void> {
  if (file.bytes > MAX_JSON_BYTES)
    throw new AbhayaError(code, `${port.name} is JSON of ${file.bytes} bytes: at most ${MAX_JSON_BYTES}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file.path));
  } catch (cause) {
    throw new AbhayaError(code, `${port.name} is not UTF-8`, { cause });
  }
  const problem = await judge.check(port.schema, text, port.name);
  if (problem !== undefined) throw new AbhayaError(code, `${port.name} does not fit its schema: ${problem}`);
}

/** The value of a small JSON file, for people and scripts. */
export async function smallValue(file: TaskFile): Promise<{ value?: unknown }> {
  if (!isJsonMediaType(file.mediaType) || file.bytes > MAX_VALUE_BYTES) return {};
  try {
    return { value: JSON.parse(await readFile(file.path, 'utf8')) as unknown };
  } catch {
    return {};
  }
}
