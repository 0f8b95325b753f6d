// Puts classes.dex into jars, beside the classes: the same file runs on HotSpot and on a phone's ART.
//   node scripts/build/dex-jar.mjs IN.jar OUT.jar [--check]      --check: only what Android 7 has may be used

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { writeFileAtomic } from '../setup/atomic.mjs';
import { createContext } from '../setup/context.mjs';
import { SetupError } from '../setup/errors.mjs';
import { asProgram } from '../setup/main.mjs';
import { mavenPackage } from './maven.mjs';

/** Of every file inside: the same sources give the same bytes. */
const TIME = new Date('2020-01-01T00:00:00');
const MANIFEST = 'META-INF/MANIFEST.MF';

/** Writes `target`: what is in `jar`, and its classes as classes.dex. `check`: by animal-sniffer. */
export async function dexJar({ ctx, tools, jar, target, check = false }) {
  const work = await mkdtemp(join(tmpdir(), 'abhaya-dex-'));
  try {
    const out = join(work, 'out');
    await mavenPackage({
      ctx,
      tools,
      folder: join(ctx.root, 'android-shim', 'dexer'),
      what: `a dex file of ${jar}`,
      flags: [
        ...[`-Ddex.in=${jar}`, `-Ddex.out=${out}`, `-Ddex.work=${join(work, 'work')}`],
        `-Dsniff.skip=${!check}`,
      ],
    });
    const files = unzipSync(readFileSync(jar));
    // The manifest comes first in a jar.
    const { [MANIFEST]: manifest, ...rest } = files;
    const dex = readFileSync(join(out, 'classes.dex'));
    const all = { ...(manifest ? { [MANIFEST]: manifest } : {}), ...rest, 'classes.dex': dex };
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { force: true });
    writeFileAtomic(target, zipSync(all, { mtime: TIME, level: 9 }));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function main(signal) {
  const [jar, target, flag] = process.argv.slice(2);
  if (!jar || !target || (flag !== undefined && flag !== '--check'))
    throw new SetupError('usage: dex-jar.mjs IN.jar OUT.jar [--check]');
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const ctx = createContext({ root, quiet: true, signal });
  const { tools } = JSON.parse(readFileSync(join(ctx.toolsDir, 'tools.json'), 'utf8'));
  if (tools.mvn === undefined) throw new SetupError('There is no Maven.', { hint: 'npm run setup' });
  const [from, to] = [jar, target].map((path) => resolve(path));
  await dexJar({ ctx, tools, jar: from, target: to, check: flag === '--check' });
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await asProgram(main);
