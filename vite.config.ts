// The page of the window. `virtual:validators` is ajv's code for the answers of the API, made when the page is built.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { defineConfig, type Plugin } from 'vite';
import { answers } from './renderer/api/answers.ts';

const name = 'virtual:validators';

function validators(): Plugin {
  return {
    name: 'validators',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const ajv = new Ajv2020({
        code: { source: true, esm: true },
        strict: true,
        allowUnionTypes: true,
        schemas: Object.entries(answers).map(([key, schema]) => ({ ...schema, $id: key })),
      });
      addFormats.default(ajv, ['uri', 'date-time']);
      const keys = Object.keys(answers);
      const code = standaloneCode.default(ajv, Object.fromEntries(keys.map((key) => [key, key])));
      return `${code}
export const validators = { ${keys.join(', ')} };`;
    },
  };
}

/** The libraries that this is made of, with the licence that each states. */
function licences(): Plugin {
  const id = 'virtual:licences';
  const packageOf = (folder: string) =>
    JSON.parse(readFileSync(new URL(`./${folder}package.json`, import.meta.url), 'utf8'));
  return {
    name: 'licences',
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    load(asked) {
      if (asked !== `\0${id}`) return undefined;
      const own = packageOf('');
      const list = Object.keys(own.dependencies).map((name) => {
        const { version, license } = packageOf(`node_modules/${name}/`);
        return { name, version, licence: typeof license === 'string' ? license : 'see its package' };
      });
      return `export const version = ${JSON.stringify(own.version)};
export const licences = ${JSON.stringify(list)};`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('./renderer', import.meta.url)),
  base: './',
  plugins: [validators(), licences(), react()],
  build: {
    target: 'chrome130',
    sourcemap: false,
    // One page, read from disk: fewer, larger files.
    chunkSizeWarningLimit: 4_000,
    assetsInlineLimit: 0,
  },
});
