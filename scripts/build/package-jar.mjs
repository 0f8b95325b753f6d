// Packages a Maven project from a copy of it, as services/build.ts asks for Kotlin services:
//   node scripts/build/package-jar.mjs FOLDER WORK    copies FOLDER to WORK, and leaves what Maven made in WORK/target

import { cpSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext } from '../setup/context.mjs';
import { SetupError } from '../setup/errors.mjs';
import { asProgram } from '../setup/main.mjs';
import { mavenPackage } from './maven.mjs';

await asProgram(async (signal) => {
  const [folder, work] = process.argv.slice(2).map((path) => resolve(path));
  if (!folder || !work) throw new SetupError('usage: package-jar.mjs FOLDER WORK');
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const ctx = createContext({ root, quiet: true, signal });
  const { tools } = JSON.parse(readFileSync(join(ctx.toolsDir, 'tools.json'), 'utf8'));
  if (tools.mvn === undefined) throw new SetupError('There is no Maven.', { hint: 'npm run setup' });
  cpSync(folder, work, { recursive: true, filter: (path) => basename(path) !== 'target' });
  await mavenPackage({ ctx, tools, folder: work, what: relative(root, folder) });
  return 0;
});
