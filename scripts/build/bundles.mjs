// Build steps for JavaScript: one file per program, made by esbuild. esbuild is a development dependency, so it is
// imported only when there is something to bundle.

import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Packages that read files beside themselves at run time: the lab host takes these from node_modules. */
const withFiles = ['@fastify/swagger-ui', 'pino', 'pino-pretty', 'libsql'];

const programs = [
  { name: 'lab-host', entry: 'lab/main.ts', external: withFiles },
  // The lab host's thread for the history: a file of its own, as libsql's native part is found from where it lies.
  { name: 'history-thread', entry: 'lab/history/history-thread.ts', external: withFiles },
  { name: 'cli', entry: 'cli/main.ts', external: withFiles },
  // Runs alone on a phone: everything is inside, and small, as each phone gets, checks and compiles it.
  { name: 'agent', entry: 'device-agent/main.ts', external: [], small: true },
  { name: 'start', entry: 'device-agent/start.ts', external: [], small: true },
  // Attacks without a lab host, a JVM or node_modules: what an arm64 guest runs.
  { name: 'attacks', entry: 'lab/sandbox-lab/attacks/main.ts', external: [], small: true },
  // Real programs in Go without a test runner, for the same guest.
  { name: 'programs', entry: 'android-shim/programs/run-programs.ts', external: [], small: true },
  // A phone inside the arm64 machine of the tests.
  { name: 'arm64-phone', entry: 'lab/arm64-machine/inside/phone.ts', external: [], small: true },
  { name: 'virtual-phone', entry: 'lab/virtual-phone/main.ts', external: withFiles, small: true },
];

// Bundled CommonJS packages expect these three.
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
].join('\n');

const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'silent',
};

/**
 * `import` of node:http makes Node evaluate all that http exports lazily, a whole fetch among it: 24 ms of CPU in every
 * process. `require` does not.
 */
const requireHttp = {
  name: 'require-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'require-http' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'require-http' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
      loader: 'js',
    }));
  },
};

const workerReference =
  /new URL\(\s*import\.meta\.url\.endsWith\('\.ts'\)\s*\?\s*'\.\/([\w-]+)\.ts'\s*:\s*'\.\/\1\.js',\s*import\.meta\.url,?\s*\)/g;

/** A worker file named in the house's way (`.ts` from source, `.js` in a bundle) is carried inside its bundle. */
const embedWorkers = (esbuild, inputs) => ({
  name: 'embed-workers',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('-worker.js')) return undefined;
      const found = [...text.matchAll(workerReference)];
      if (found.length === 0) throw new Error(`${path} names a worker in a way that can't be bundled`);
      let contents = text;
      for (const [expression, name] of found) {
        const worker = await esbuild.build({
          ...common,
          entryPoints: [join(dirname(path), `${name}.ts`)],
          write: false,
          minify: true,
          metafile: true,
        });
        for (const input of Object.keys(worker.metafile.inputs)) inputs.add(input);
        // A data URL has no place from which to require.
        if (worker.outputFiles[0].text.includes('Dynamic require of'))
          throw new Error(`the worker ${name} takes in a CommonJS package that requires Node modules`);
        const data = Buffer.from(worker.outputFiles[0].contents).toString('base64');
        contents = contents.replace(expression, () => `new URL('data:text/javascript;base64,${data}')`);
      }
      return { contents, loader: 'ts' };
    });
  },
});

/** @returns {import('./step.mjs').BuildStep[]} */
export const bundleSteps = () =>
  programs.map((program) => ({
    name: `${program.name}.mjs`,
    entry: program.entry,
    outputs: [`${program.name}.mjs`, `${program.name}.mjs.map`],
    // What was bundled last time, plus what decides how; a new file can only come in through one of these.
    inputs: (last) => [
      program.entry,
      ...(last ?? []),
      'package-lock.json',
      'package.json',
      'scripts/build/bundles.mjs',
    ],
    async run({ root, aside }) {
      const esbuild = await import('esbuild');
      const workers = new Set();
      const out = join(aside, `${program.name}.mjs`);
      const result = await esbuild.build({
        ...common,
        absWorkingDir: root,
        entryPoints: [join(root, program.entry)],
        outfile: out,
        external: program.external,
        banner: { js: banner },
        sourcemap: true,
        sourcesContent: false,
        metafile: true,
        // Names stay: they are what a stack trace on a phone has.
        ...(program.small ? { minifyWhitespace: true, minifySyntax: true, lineLimit: 400 } : {}),
        plugins: [requireHttp, embedWorkers(esbuild, workers)],
      });
      const own = (input) => !/^(\.\.|<|require-http:)|node_modules/.test(input);
      return {
        inputs: [
          ...new Set([
            ...Object.keys(result.metafile.inputs),
            ...[...workers].map((path) => relative(root, join(process.cwd(), path))),
          ]),
        ]
          .filter(own)
          .sort(),
        note: basename(out),
      };
    },
  }));
