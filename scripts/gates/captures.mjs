// Captures (texts as phones and adb print them) are worth something only with a source and a test that reads them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const skipped = /^(?:node_modules|dist|target|\..*)$/;

/** Folders called captures below root. */
export function captureFolders(root) {
  const folders = [];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || skipped.test(entry.name)) continue;
    const folder = join(root, entry.name);
    if (entry.name === 'captures' && hasTexts(folder)) folders.push(folder);
    else folders.push(...captureFolders(folder));
  }
  return folders;
}

const hasTexts = (folder) => readdirSync(folder).some((name) => name.endsWith('.txt'));

/** What is wrong with a folder of captures: files without a source, and files that no test beside it names. */
export function captureFaults(folder, root) {
  const sources = textOf(join(folder, 'SOURCES.md'));
  const beside = dirname(folder);
  const tests = readdirSync(beside)
    .filter((name) => /\.test\.m?[jt]s$/.test(name))
    .map((name) => textOf(join(beside, name)))
    .join('\n');
  // `pixel-8-android-14.*` in SOURCES.md, and 'pixel-8-android-14' in a test, stand for all files of that phone.
  const named = (text, name) => {
    const phone = name.replace(/\.[\w-]+\.txt$/, '');
    return [`\`${name}\``, `\`${phone}.*\``, `'${name}'`, `'${phone}'`].some((form) => text.includes(form));
  };
  return readdirSync(folder)
    .filter((name) => name !== 'SOURCES.md' && !name.startsWith('LICENSE-'))
    .flatMap((name) => {
      const file = relative(root, join(folder, name));
      const faults = [];
      if (!name.startsWith('synthetic-') && !named(sources, name)) faults.push(`${file}: not in SOURCES.md`);
      if (!named(tests, name)) faults.push(`${file}: no test reads it`);
      return faults;
    });
}

const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
