import { defineConfig } from 'vitest/config';

// Unit tests sit beside the code (*.test.ts); tests that start real processes are *.it.test.ts.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{base,schemas,device-agent,android-shim,lab,cli,services,scripts,electron,renderer}/**/*.test.{ts,tsx,mjs}',
          ],
          exclude: ['**/*.it.test.*', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: [
            '{base,schemas,device-agent,android-shim,lab,cli,services,scripts,electron,e2e}/**/*.it.test.{ts,mjs}',
          ],
          exclude: ['**/node_modules/**', '**/target/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry: 0,
        },
      },
    ],
  },
});
