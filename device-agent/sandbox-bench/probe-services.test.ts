import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import wabtParser from 'wabt';
import { sandboxRuntimes } from '#schemas';
import { echoModule, probeServices } from './probe-services.ts';

test('the module is its text, assembled', async () => {
  const path = new URL('../../android-shim/probe/wasm/echo.wat', import.meta.url);
  const module = (await wabtParser()).parseWat('echo.wat', await readFile(path, 'utf8'));
  expect(Buffer.from(module.toBinary({}).buffer).equals(echoModule)).toBe(true);
  module.destroy();
});

test('every runtime has something to be measured with', () => {
  for (const runtime of sandboxRuntimes) expect(probeServices[runtime]?.runtime).toBe(runtime);
});
