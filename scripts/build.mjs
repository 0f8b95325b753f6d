// `npm run build`: everything that dist/ holds, each part only when its sources changed.
//   --status        says what is out of date and ends with 3, or with 0 when nothing is; changes nothing
//   --abi <abi>     also makes the Node runtime for phones of that ABI (arm64-v8a); may be given more than once
//   --only <name>   only steps whose name contains this
//   --force         makes everything again

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { apkSteps } from './build/apk.mjs';
import { appSteps } from './build/app.mjs';
import { bundleSteps } from './build/bundles.mjs';
import { nativeSteps } from './build/native.mjs';
import {
  artStep,
  jvmStep,
  pythonStep,
  runtimeAbis,
  runtimeStep,
  servicesStep,
  supervisorStep,
} from './build/others.mjs';
import { outOfDate, runStep } from './build/step.mjs';
import { sweepAside } from './setup/atomic.mjs';
import { createContext } from './setup/context.mjs';
import { SetupError } from './setup/errors.mjs';
import { withLock } from './setup/lock.mjs';
import { asProgram } from './setup/main.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await asProgram(async (signal) => {
  const { values } = parseArgs({
    options: {
      status: { type: 'boolean' },
      abi: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      force: { type: 'boolean' },
    },
  });
  const ctx = createContext({ root, signal });
  const dist = join(root, 'dist');
  const tools = readTools(ctx);
  const build = { ctx, root, dist, tools };
  const steps = [
    ...bundleSteps(),
    ...appSteps(),
    ...nativeSteps(tools),
    servicesStep(ctx),
    supervisorStep(ctx),
    ...apkSteps(ctx, tools),
    ...runtimeAbis(dist, values.abi).flatMap((abi) => [
      runtimeStep(ctx, abi),
      pythonStep(ctx, abi),
      jvmStep(ctx, abi),
      artStep(ctx, abi),
    ]),
  ].filter((step) => values.only === undefined || step.name.includes(values.only));
  for (const step of steps) {
    if (step.entry !== undefined && !existsSync(join(root, step.entry)))
      throw new SetupError(`${step.entry} is missing; ${step.name} is made from it.`);
  }
  const why = (step) => (values.force ? 'asked for' : outOfDate(build, step));

  if (values.status) {
    const due = steps.filter((step) => why(step) !== undefined);
    if (due.length > 0)
      process.stdout.write(
        `${due.map((step) => step.name).join(', ')}: ${due.length === 1 ? why(due[0]) : 'out of date'}\n`,
      );
    return due.length > 0 ? 3 : 0;
  }

  mkdirSync(dist, { recursive: true });
  let made = 0;
  await withLock(join(ctx.cacheDir, 'build.lock'), () => make(), {
    signal,
    onWait: (owner) => ctx.log.line(`build: another one is at work (process ${owner.pid}); waiting for it`),
  });
  if (made === 0) ctx.log.line('build: nothing to do');
  return 0;

  async function make() {
    sweepAside(dist);
    // Two at a time, the slow ones (Maven) first.
    const queue = [...steps].sort((a, b) => Number(b.slow ?? false) - Number(a.slow ?? false));
    const failures = [];
    const worker = async () => {
      for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
        signal.throwIfAborted();
        const reason = why(step);
        if (reason === undefined) continue;
        const start = performance.now();
        try {
          await runStep(build, step);
          made += 1;
        } catch (error) {
          // The others don't depend on it: what can be made is made, then all failures are told.
          failures.push(error?.errors ? await bundleError(step, error) : error);
          continue;
        }
        ctx.log.line(`build: ${step.name} (${reason}) in ${ctx.log.seconds(performance.now() - start)}`);
      }
    };
    await Promise.all([worker(), worker()]);
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) {
      throw new SetupError(
        failures.map((error) => (error instanceof SetupError ? error.message : error.stack)).join('\n\n'),
      );
    }
  }
});

function readTools(ctx) {
  const toolsIn = (name) => JSON.parse(readFileSync(join(ctx.toolsDir, name), 'utf8')).tools;
  try {
    const more = ['android.json', 'qemu.json'].filter((name) => existsSync(join(ctx.toolsDir, name)));
    return Object.assign(toolsIn('tools.json'), ...more.map(toolsIn));
  } catch {
    if (process.platform === 'win32') return {};
    throw new SetupError('The tools are not set up.', { hint: 'npm run setup' });
  }
}

async function bundleError(step, error) {
  const { formatMessages } = await import('esbuild');
  // Plugins and Vite put errors of their own among esbuild's, with fields that it refuses to print.
  const messages = error.errors.slice(0, 10).map(({ text, message, location }) => ({
    text: text ?? message ?? 'unknown',
    location: location ?? null,
  }));
  const lines = await formatMessages(messages, { kind: 'error', color: false });
  return new SetupError(`${step.name} can't be bundled:\n${lines.join('\n')}`);
}
