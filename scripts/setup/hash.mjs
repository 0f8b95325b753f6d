// Content hashes of files and folders: what decides whether a step has anything to do.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

export const sha256File = (path) => sha256(readFileSync(path));

/** Regular files and symlinks below `folder`, sorted, as paths with '/' relative to it. `skip` sees those paths. */
export function listFiles(folder, skip = () => false) {
  const found = [];
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      const name = relative(folder, path).split(sep).join('/');
      if (skip(name)) continue;
      if (entry.isDirectory()) walk(path);
      else found.push(name);
    }
  };
  walk(folder);
  return found.sort();
}

/** What is in a folder, for its manifest: every file, and one hash over names and contents. */
export function describeFolder(folder) {
  const files = listFiles(folder).map((path) => ({
    path,
    bytes: statSync(join(folder, path)).size,
    sha256: sha256File(join(folder, path)),
  }));
  return { files, hash: sha256(files.map((file) => `${file.path}\0${file.sha256}\n`).join('')) };
}

/** One hash over names, modes (executable or not) and contents of files and folders; missing ones count as such. */
export function hashInputs(paths, { root = '', skip } = {}) {
  const hash = createHash('sha256');
  const add = (name, path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) hash.update(`missing ${name}\0`);
    else if (stat.isDirectory())
      for (const file of listFiles(path, skip)) add(`${name}/${file}`, join(path, file));
    else if (stat.isSymbolicLink()) hash.update(`link ${name} ${readlinkSync(path)}\0`);
    else hash.update(`file ${name} ${stat.mode & 0o111 ? 'x' : '-'} ${sha256File(path)}\0`);
  };
  for (const path of paths) add(path, join(root, path));
  return hash.digest('hex');
}
