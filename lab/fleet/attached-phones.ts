// The real phones that this home attached on purpose, by their own serial numbers: their agents outlive the lab host,
// and the next one attaches them again by itself. Kept over restarts.

import { readFile, rename, writeFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { Type } from 'typebox';
import type { Logger } from '#base';
import { jsonParserOf, SerialText } from '#schemas';

export interface AttachedPhones {
  has(serial: string): boolean;
  /** Resolves when it is on disk; throws nothing, as a phone is attached whether it is remembered or not. */
  remember(serial: string): Promise<void>;
  /** Its agent was taken away: it is left alone until it is attached again. */
  forget(serial: string): Promise<void>;
}

/** The one attached longest ago is forgotten beyond this. */
const MAX_PHONES = 1_000;

const Kept = Type.Object({ serials: Type.Array(SerialText, { maxItems: MAX_PHONES }) });
const parse = jsonParserOf(Kept, 'attached-phones.json', { maxBytes: 1_000_000, code: 'host.setup' });

/** A file that can't be read is as good as none: its phones wait until they are attached by hand. */
export async function openAttachedPhones(file: string, logger: Logger): Promise<AttachedPhones> {
  const serials = new Set(await readKept(file, logger));
  const oneAtATime = pLimit(1);

  const write = () =>
    oneAtATime(async () => {
      const partial = `${file}.part`;
      await writeFile(partial, JSON.stringify({ serials: [...serials] }), { mode: 0o600 });
      await rename(partial, file);
    }).catch((error: unknown) => logger.error('which phones are attached could not be kept', { error }));

  return {
    has: (serial) => serials.has(serial),
    async remember(serial) {
      if (serials.has(serial)) return;
      serials.add(serial);
      const [oldest] = serials;
      if (serials.size > MAX_PHONES && oldest !== undefined) serials.delete(oldest);
      await write();
    },
    async forget(serial) {
      if (serials.delete(serial)) await write();
    },
  };
}

async function readKept(file: string, logger: Logger): Promise<readonly string[]> {
  try {
    return parse(await readFile(file)).serials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.warn('which phones were attached is not known', { file, error });
    return [];
  }
}
