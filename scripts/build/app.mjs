// Build steps for the window: its main process and preload script (esbuild, CommonJS, Electron's own Node), and the
// page (Vite). The page's validators are made here, since its policy forbids making code while it runs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const programs = [
  { name: 'main', entry: 'electron/main/main.ts' },
  { name: 'preload', entry: 'electron/preload/preload.ts' },
];

const versionOf = (root) => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** @returns {import('./step.mjs').BuildStep[]} */
export const appSteps = () => [
  ...programs.map(({ name, entry }) => ({
    name: `electron ${name}`,
    entry,
    outputs: [`electron/${name}.cjs`, `electron/${name}.cjs.map`],
    inputs: (last) => [entry, ...(last ?? []), 'package.json', 'package-lock.json', 'scripts/build/app.mjs'],
    async run({ root, aside }) {
      const esbuild = await import('esbuild');
      const result = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [join(root, entry)],
        outfile: join(aside, 'electron', `${name}.cjs`),
        bundle: true,
        platform: 'node',
        // The oldest Electron that the window must run on has Node 20.
        target: 'node20',
        format: 'cjs',
        external: ['electron'],
        // Electron knows the version of a packed app only.
        define: { 'import.meta.url': 'undefined', ABHAYA_VERSION: JSON.stringify(versionOf(root)) },
        logLevel: 'silent',
        legalComments: 'none',
        sourcemap: true,
        sourcesContent: false,
        metafile: true,
      });
      return {
        inputs: Object.keys(result.metafile.inputs)
          .filter((input) => !input.includes('node_modules'))
          .sort(),
      };
    },
  })),
  {
    name: 'renderer',
    entry: 'renderer/index.html',
    outputs: ['renderer'],
    inputs: () => [
      'renderer',
      'schemas',
      'base',
      'package-lock.json',
      'scripts/build/app.mjs',
      'vite.config.ts',
    ],
    skip: (name) => /\.test\.tsx?$/.test(name),
    slow: true,
    async run({ root, aside }) {
      const { build } = await import('vite');
      const configFile = join(root, 'vite.config.ts');
      if (!existsSync(configFile)) throw new Error('vite.config.ts is missing');
      await build({
        root: join(root, 'renderer'),
        configFile,
        logLevel: 'error',
        build: { outDir: join(aside, 'renderer'), emptyOutDir: true },
      });
    },
  },
];
