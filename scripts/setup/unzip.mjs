// A ZIP archive into a new folder, with modes and links; for archives whose hash is vouched for.

import { createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const linkType = 0o120000;

/** `rename`: where an entry goes below `into`; undefined leaves it out. */
export async function unzip(file, into, { signal, rename = (name) => name } = {}) {
  const { default: yauzl } = await import('yauzl');
  const zip = await promisify(yauzl.open)(file, {
    lazyEntries: true,
    strictFileNames: true,
    autoClose: false,
  });
  const openEntry = promisify(zip.openReadStream.bind(zip));
  try {
    await new Promise((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry) => {
        signal?.throwIfAborted();
        take(entry).then(() => zip.readEntry(), reject);
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }

  async function take(entry) {
    signal?.throwIfAborted();
    const name = rename(entry.fileName);
    if (name === undefined) return;
    const path = join(into, name);
    if (entry.fileName.endsWith('/')) return void mkdirSync(path, { recursive: true });
    mkdirSync(dirname(path), { recursive: true });
    const mode = entry.externalFileAttributes >>> 16;
    const stream = await openEntry(entry);
    if ((mode & 0o170000) === linkType) symlinkSync(await text(stream), path);
    else await pipeline(stream, createWriteStream(path, { mode: mode & 0o777 || 0o644 }), { signal });
  }
}
