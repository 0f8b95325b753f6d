// The manifest: its published schema, its rules, and drafts that know what they lack.
// After a deliberate change: UPDATE_GOLDEN=1 npx vitest run schemas/manifest.test.ts

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Manifest } from './manifest.ts';
import { lacksOf, ManifestDraft, parseManifestDraft } from './manifest-draft.ts';
import { entryFileFor, entryRuntime, needsAbi, parseManifest, profileSuffices } from './manifest-rules.ts';

const hash = 'a'.repeat(64);
const good = {
  manifestVersion: '1.0',
  packageId: 'org.example.ocr',
  version: '1.2.3-beta.1',
  serviceName: 'OCR',
  description: 'Reads text.',
  author: `${'a'.repeat(56)}.onion`,
  serviceType: 'IMAGE_PROCESSING',
  language: 'rust',
  entryPoint: 'service/ocr',
  runtimeRequired: ['native'],
  runtimeOptional: ['wasm'],
  deviceProfile: 'mid-range',
  resourceRequirements: {
    minMemoryMB: 32,
    maxMemoryMB: 128,
    estimatedCpuUsage: 0.7,
    storageRequiredMB: 20,
    requiresGPU: false,
  },
  executionTimeoutSeconds: 30,
  platformSupport: ['android', 'linux'],
  inputs: [{ name: 'image', schema: {}, mediaType: 'image/*', required: true, maxBytes: 10_000_000 }],
  outputs: [
    {
      name: 'text',
      schema: { type: 'string' },
      mediaType: 'application/json',
      required: true,
      maxBytes: 100_000,
      filename: '{image}.txt',
    },
  ],
  inputSources: ['image', 'camera'],
  capabilities: ['ocr'],
  storage: {
    level: 'task-isolated',
    maxFileSizeBytes: 1,
    storageQuotaPerTask: 1,
    allowedOperations: ['READ'],
    allowedFileTypes: ['image/png'],
  },
  privacyClass: 'sensitive',
  externalDependencies: [{ name: 'x', url: 'http://x.onion/', via: 'tor', sha256: hash }],
  models: [
    { file: 'models/m.bin', format: 'onnx', sizeBytes: 5, sha256: hash, tier: 'small', quantization: 'int8' },
  ],
  files: [
    { path: 'models/m.bin', sizeBytes: 5, sha256: hash },
    { path: 'service/arm64-v8a/ocr', sizeBytes: 5, sha256: hash },
    { path: 'service/ocr', sizeBytes: 5, sha256: hash },
  ],
  builtin: false,
  tests: [{ name: 't', inputs: { image: 'x' }, expect: { text: 'y' }, timeoutSeconds: 5 }],
  license: 'MIT',
  sourceUrl: 'https://example.org',
  changelog: '',
};

/** The seed, section 1, "Example Manifest". */
const seedExample = {
  packageId: 'org.example.workflowservice',
  serviceType: 'WORKFLOW',
  runtimeRequired: ['jvm'],
  runtimeOptional: ['python', 'nodejs'],
  deviceProfile: 'flagship',
  resourceRequirements: {
    minMemoryMB: 32,
    maxMemoryMB: 128,
    estimatedCpuUsage: 0.7,
    storageRequiredMB: 20,
    requiresGPU: false,
  },
  platformSupport: ['android', 'linux'],
};

it.each([
  ['go', ['go'], 'go', true],
  ['go', ['wasm'], 'wasm', false],
  ['go', ['native'], 'native', true],
  ['rust', ['rust'], 'native', true],
  ['rust', ['wasm'], 'wasm', false],
  ['kotlin', ['native', 'jvm'], 'jvm', true],
] as const)('%s with %j is run by %s', (language, required, runtime, abi) => {
  const manifest = { language, runtimeRequired: [...required] };
  expect(entryRuntime(manifest)).toBe(runtime);
  expect(needsAbi(manifest)).toBe(abi);
});

describe('the manifest', () => {
  it('with every field passes', () => {
    expect(parseManifest(good)).toBe(good);
  });

  it.each<[string, object]>([
    ['an unknown version', { manifestVersion: '1.1' }],
    ['an unknown field', { extra: 1 }],
    ['a package id without a dot', { packageId: 'ocr' }],
    ['capitals in the package id', { packageId: 'org.Example.ocr' }],
    ['no semver', { version: '1.2' }],
    ['a leading zero', { version: '1.02.3' }],
    ['build metadata', { version: '1.2.3+5' }],
    ['another service type', { serviceType: 'MAGIC' }],
    ['another language', { language: 'cobol' }],
    ['an entry point outside service/', { entryPoint: 'models/m.bin' }],
    ['an entry point that climbs', { entryPoint: 'service/../ocr' }],
    ['no runtime', { runtimeRequired: [] }],
    ['a runtime twice', { runtimeRequired: ['native', 'native'] }],
    ['more than 30 seconds', { executionTimeoutSeconds: 30.1 }],
    ['less than a second', { executionTimeoutSeconds: 0.5 }],
    ['CPU above one', { resourceRequirements: { ...good.resourceRequirements, estimatedCpuUsage: 1.1 } }],
    [
      'more memory than any device gives',
      { resourceRequirements: { ...good.resourceRequirements, maxMemoryMB: 513 } },
    ],
    ['least above most memory', { resourceRequirements: { ...good.resourceRequirements, minMemoryMB: 129 } }],
    [
      'least above the default of most',
      {
        resourceRequirements: {
          minMemoryMB: 65,
          estimatedCpuUsage: 0,
          storageRequiredMB: 0,
          requiresGPU: false,
        },
      },
    ],
    ['an input named like a path', { inputs: [{ ...good.inputs[0], name: '../x' }] }],
    ['two outputs of one name', { outputs: [good.outputs[0], good.outputs[0]] }],
    [
      'a file outside the folders',
      { files: [...good.files, { path: 'other/x', sizeBytes: 1, sha256: hash }] },
    ],
    ['a hidden file', { files: [...good.files, { path: 'service/.x', sizeBytes: 1, sha256: hash }] }],
    ['a file twice', { files: [...good.files, good.files[0]] }],
    [
      'files that differ in case',
      { files: [...good.files, { path: 'service/OCR', sizeBytes: 1, sha256: hash }] },
    ],
    ['a model that is no file', { models: [{ ...good.models[0], file: 'models/other' }] }],
    ['a model with another hash', { models: [{ ...good.models[0], sha256: 'b'.repeat(64) }] }],
    [
      'a model above 30 MB',
      { files: [...good.files, { path: 'models/big', sizeBytes: 40_000_000, sha256: hash }] },
    ],
    [
      'above 200 MB',
      { files: [...good.files, { path: 'assets/big', sizeBytes: 300_000_000, sha256: hash }] },
    ],
    ['no file for the entry point', { entryPoint: 'service/nothing' }],
    ['a privacy class of its own', { privacyClass: 'secret' }],
  ])('with %s is refused', (_what, change) => {
    expect(() => parseManifest({ ...good, ...change })).toThrow(
      expect.objectContaining({ code: 'package.manifest-invalid' }),
    );
  });

  it('starts the program of the ABI, or else the common one', () => {
    const manifest = parseManifest(good);
    expect(entryFileFor(manifest, 'arm64-v8a')).toBe('service/arm64-v8a/ocr');
    expect(entryFileFor(manifest, 'x86_64')).toBe('service/ocr');
    const armOnly = { ...manifest, files: manifest.files.slice(0, 2) };
    expect(entryFileFor(armOnly, 'x86_64')).toBeUndefined();
  });

  it('names the lowest profile', () => {
    expect(profileSuffices('flagship', 'budget')).toBe(true);
    expect(profileSuffices('mid-range', 'mid-range')).toBe(true);
    expect(profileSuffices('budget', 'mid-range')).toBe(false);
  });
});

describe('drafts', () => {
  it("the seed's example is one, and is told what it lacks", () => {
    const draft = parseManifestDraft(seedExample);
    expect(lacksOf(draft).map(({ path }) => path)).toEqual([
      '/manifestVersion',
      '/version',
      '/serviceName',
      '/description',
      '/author',
      '/language',
      '/entryPoint',
      '/executionTimeoutSeconds',
      '/inputs',
      '/outputs',
      '/inputSources',
      '/capabilities',
      '/files',
      '/signature',
    ]);
  });

  it('nothing is a draft, too', () => {
    expect(lacksOf(parseManifestDraft({}))).toHaveLength(20);
  });

  it('what is there must be right', () => {
    expect(() => parseManifestDraft({ packageId: 'x' })).toThrow();
    expect(() => parseManifestDraft({ surprise: 1 })).toThrow();
  });

  it('a whole one lacks its signature, then nothing; rules between fields are told too', () => {
    expect(lacksOf(parseManifestDraft(good)).map(({ path }) => path)).toEqual(['/signature']);
    expect(lacksOf(parseManifestDraft({ ...good, signature: {} }))).toEqual([]);
    const wrong = { ...good, entryPoint: 'service/nothing', signature: {} };
    expect(lacksOf(parseManifestDraft(wrong)).map(({ path }) => path)).toEqual(['/entryPoint']);
  });
});

describe('the published schemas', () => {
  it.each([
    ['manifest', Manifest],
    ['manifest-draft', ManifestDraft],
  ])('%s.schema.json is the one that is used', (name, schema) => {
    const folder = join(import.meta.dirname, 'published');
    const path = join(folder, `${name}.schema.json`);
    const text = `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
