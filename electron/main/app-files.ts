// Small JSON files of the app (settings, window, ownership): read through a schema, written whole or not at all.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Static, TSchema } from 'typebox';
import { jsonParserOf } from '#schemas';

export interface JsonFile<T> {
  /** What was written last; the default for a file that is missing, damaged or of another version. */
  read(): Promise<T>;
  /** Writes are done one after the other; a kill at any time leaves the old or the new file. */
  write(value: T): Promise<void>;
}

const MAX_BYTES = 65_536;

export function jsonFile<S extends TSchema>(
  file: string,
  schema: S,
  fallback: Static<S>,
): JsonFile<Static<S>> {
  const parse = jsonParserOf(schema, path.basename(file), { maxBytes: MAX_BYTES });
  let queue: Promise<void> = Promise.resolve();
  return {
    async read() {
      await queue.catch(() => undefined);
      try {
        return parse(await readFile(file));
      } catch {
        return fallback;
      }
    },
    write(value) {
      queue = queue
        .catch(() => undefined)
        .then(async () => {
          await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
          const partial = `${file}.${process.pid}`;
          try {
            await writeFile(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
            await rename(partial, file);
          } catch (error) {
            await rm(partial, { force: true });
            throw error;
          }
        });
      return queue;
    },
  };
}
