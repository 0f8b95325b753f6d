// `npm run check`: the fast part. Types, lint, boundaries, lockfile and unit tests; builds and starts nothing.
// Needs node_modules (npm run setup). --no-unit leaves the unit tests out.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGates } from './gates/context.mjs';
import { report, timed } from './gates/report.mjs';
import { vitest } from './gates/runners.mjs';
import { boundaries, lint, lockfile, types } from './gates/static.mjs';
import { asProgram } from './setup/main.mjs';

export async function check(gates, { unit = true } = {}) {
  mkdirSync(join(gates.root, '.cache'), { recursive: true });
  // Light ones beside the type checker, which takes longest; unit tests alone, since their time limits are real.
  const [a, b, c, d] = await Promise.all([
    timed('types', () => types(gates)),
    timed('lint and format', () => lint(gates)),
    timed('boundaries', () => boundaries(gates)),
    timed('lockfile', () => lockfile(gates)),
  ]);
  return [a, b, c, d, ...(unit ? [await timed('unit', () => vitest(gates, 'unit'))] : [])];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await asProgram(async (signal) =>
    report(await check(createGates({ signal }), { unit: !process.argv.includes('--no-unit') })),
  );
}
