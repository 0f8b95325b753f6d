// `npm run bench [name …]`: runs bench/*.ts (or those whose name contains a given word) one after another with
// the pinned Node. Each gets ABHAYA_BENCH_OUT, where it writes its JSON, and prints its own table.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGates } from './gates/context.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { asProgram, setUp } from './setup/main.mjs';

await asProgram(async (signal) => {
  const gates = createGates({ signal });
  const folder = join(gates.root, 'bench');
  const out = join(folder, 'out');
  mkdirSync(out, { recursive: true });
  const words = process.argv.slice(2);
  const files = readdirSync(folder)
    .filter(
      (name) =>
        /\.bench\.ts$/.test(name) && (words.length === 0 || words.some((word) => name.includes(word))),
    )
    .sort();
  if (files.length === 0) {
    console.error(
      words.length > 0 ? `No benchmark is called ${words.join(' or ')}.` : 'There are no benchmarks.',
    );
    return 2;
  }
  // Those that open a window need Electron and a display.
  if (files.some((file) => readFileSync(join(folder, file), 'utf8').includes('/e2e/window/')))
    await setUp({ root: gates.root, signal, steps: stepsFor({ window: true, display: true, build: false }) });
  let failed = 0;
  for (const file of files) {
    const json = join(out, file.replace(/(?:\.bench)?\.ts$/, '.json'));
    console.log(`\n== ${file}`);
    const started = Date.now();
    const result = await gates.program(
      gates.node,
      ['--disable-warning=ExperimentalWarning', join(folder, file)],
      {
        env: { ...gates.env, ABHAYA_BENCH_OUT: json },
        stdio: 'inherit',
        timeoutMs: 30 * 60_000,
      },
    );
    signal.throwIfAborted();
    if (result.code !== 0 || (statSync(json, { throwIfNoEntry: false })?.mtimeMs ?? 0) < started) {
      failed += 1;
      console.error(`${file}: ${result.code === 0 ? `wrote no ${json}` : `ended with ${result.code}`}`);
    }
  }
  return failed > 0 ? 1 : 0;
});
