// `npm test`: sets up what is missing, then everything: the checks, integration and contract tests, Kotlin, C and
// the conformance suite. The last line is `N passed, N failed`.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './check.mjs';
import { createGates } from './gates/context.mjs';
import { report, timed } from './gates/report.mjs';
import { arm64, cFolders, cTests, kotlin, vitest } from './gates/runners.mjs';
import { stepsFor } from './setup/all-steps.mjs';
import { createContext } from './setup/context.mjs';
import { asProgram, setUp } from './setup/main.mjs';
import { printTimings } from './setup/timings.mjs';
import { toolsFile } from './setup/tools.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await asProgram(async (signal) => {
  const steps = stepsFor({ window: true, display: true, android: true, arm64: true, tests: true });
  printTimings(await setUp({ root, signal, steps }));
  const gates = createGates({ root, signal });
  const tools = JSON.parse(readFileSync(toolsFile(createContext({ root })), 'utf8')).tools;
  const results = await check(gates);
  results.push(await timed('integration', () => vitest(gates, 'integration')));
  if (existsSync(join(root, 'android-shim', 'supervisor', 'pom.xml')))
    results.push(await timed('kotlin', () => kotlin(gates, tools)));
  for (const folder of cFolders(root))
    results.push(await timed(`c ${folder}`, () => cTests(gates, tools, folder)));
  if (process.platform === 'linux') results.push(await timed('arm64', () => arm64(gates, tools)));
  signal.throwIfAborted();
  return report(results);
});
