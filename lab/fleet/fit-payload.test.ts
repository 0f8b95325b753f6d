import { expect, test } from 'vitest';
import { fitPayload } from './fit-payload.ts';
import type { PayloadFolder } from './payload.ts';

const folder = (hash: string): PayloadFolder => ({ hash, files: [] });
const modules = { jvm: folder('hotspot'), python: folder('python') };
const payload = { abi: 'x86_64', runtime: folder('node'), agent: folder('agent'), modules };

test('a phone without ART gets HotSpot, and nothing of ART', () => {
  expect(fitPayload({ ...payload, art: folder('art') }, { art: undefined })).toEqual(payload);
});

test('a phone with ART gets the bootstrap for that as its jvm', () => {
  const fitted = fitPayload({ ...payload, art: folder('art') }, { art: '/system/bin/app_process' });
  expect(fitted.modules).toEqual({ jvm: folder('art'), python: folder('python') });
  expect(fitted).not.toHaveProperty('art');
});

test('without a bootstrap a phone with ART has no jvm', () => {
  expect(fitPayload(payload, { art: '/system/bin/app_process' }).modules).toEqual({
    python: folder('python'),
  });
});
