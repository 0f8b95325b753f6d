// Files in messages: small ones travel inside, so that a small task needs no stream.

import { readFile, writeFile } from 'node:fs/promises';
import { AbhayaError } from '#base';
import type { WireFile } from '#schemas';
import { sha256Hex } from './core/digests.ts';
import type { TaskFile } from './values.ts';

/** The files as the wire says them, with the bytes of as many as fit. */
export async function inlineFiles(files: readonly TaskFile[], maxInlineBytes: number): Promise<WireFile[]> {
  let left = maxInlineBytes;
  const out: WireFile[] = [];
  for (const { name, mediaType, path, bytes, sha256 } of files) {
    const fits = bytes <= left;
    const inline = fits ? { inline: Uint8Array.from(await readFile(path)) } : {};
    if (fits) left -= bytes;
    out.push({ name, mediaType, bytes, sha256, ...inline });
  }
  return out;
}

/** Writes an inline file out; throws `wire.forged` when it isn't what it says. */
export async function writeInline(file: WireFile, path: string): Promise<void> {
  const bytes = file.inline ?? new Uint8Array();
  if (bytes.length !== file.bytes || sha256Hex(bytes) !== file.sha256)
    throw new AbhayaError('wire.forged', `${file.name} is not what it says`);
  await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
}
