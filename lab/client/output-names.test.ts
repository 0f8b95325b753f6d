import { describe, expect, test } from 'vitest';
import { nameFor, namingOf, type OutputNaming } from './output-names.ts';

const at = new Date(2026, 10, 24, 6, 30, 5);
const WHEN = '2026-11-24-063005';
const png = { name: 'thumbnail', mediaType: 'image/png' };
const photo = [{ name: 'image', file: '/home/me/Ferien in Köln.2026.JPG' }];

test.each([
  [{ name: 'thumbnail', mediaType: 'image/png' }, 0, `thumbnail-${WHEN}.png`],
  [{ name: 'thumbnail', mediaType: 'image/png' }, 1, `thumbnail-${WHEN}-2.png`],
  [{ name: 'counts', mediaType: 'application/json; charset=utf-8' }, 0, `counts-${WHEN}.json`],
  [{ name: '../../etc/passwd', mediaType: 'x/y' }, 0, `-..-etc-passwd-${WHEN}.bin`],
  [{ name: '...', mediaType: 'text/plain' }, 0, `output-${WHEN}.txt`],
])('without a pattern: %o, the %sth: %s', (output, count, name) => {
  expect(nameFor({ output }, at, count)).toBe(name);
});

test.each<[string, Partial<OutputNaming>, string]>([
  ['{input}.thumbnail.png', { inputs: photo }, `Ferien in Köln.2026.thumbnail-${WHEN}.png`],
  ['{image}-small.png', { inputs: photo }, `Ferien in Köln.2026-small-${WHEN}.png`],
  ['{input}.thumbnail.png', { inputs: [{ name: 'image' }] }, `image.thumbnail-${WHEN}.png`],
  ['{input}.thumbnail.png', {}, `input.thumbnail-${WHEN}.png`],
  ['{other}.png', { inputs: photo }, `other-${WHEN}.png`],
  ['{input}', { inputs: [{ name: 'image', file: '.hidden' }] }, `hidden-${WHEN}.png`],
  ['small.jpeg', { output: { name: 'a', mediaType: 'image/jpeg' } }, `small-${WHEN}.jpeg`],
  ['notes.md', { output: { name: 'a', mediaType: 'text/plain' } }, `notes-${WHEN}.md`],
  ['weights.onnx', { output: { name: 'a', mediaType: 'application/octet-stream' } }, `weights-${WHEN}.onnx`],
])('the pattern %s with %o: %s', (pattern, naming, name) => {
  expect(nameFor({ output: png, pattern, ...naming }, at, 0)).toBe(name);
});

test('a counter follows where the name is taken', () => {
  expect(nameFor({ output: png, pattern: 'a.png' }, at, 2)).toBe(`a-${WHEN}-3.png`);
});

describe('hostile patterns', () => {
  test.each([
    ['../../../etc/passwd', `etc-passwd-${WHEN}.png`],
    ['..\\..\\windows\\system32\\x.png', `windows-system32-x-${WHEN}.png`],
    ['/dev/null', `dev-null-${WHEN}.png`],
    ['a\0b\n\u202egnp.exe', `a-b--gnp.exe-${WHEN}.png`],
    ['.bashrc', `bashrc-${WHEN}.png`],
    ['-rf.png', `rf-${WHEN}.png`],
    ['...', `thumbnail-${WHEN}.png`],
    ['  ', `thumbnail-${WHEN}.png`],
    ['.png', `thumbnail-${WHEN}.png`],
    ['{}', `thumbnail-${WHEN}.png`],
    ['{{input}}.png', `image-${WHEN}.png`],
    ['CON', `_CON-${WHEN}.png`],
    ['nul.thumbnail.png', `_nul.thumbnail-${WHEN}.png`],
    ['a.exe', `a.exe-${WHEN}.png`],
    ['$(reboot);`id`.png', `reboot---id-${WHEN}.png`],
    ['C:evil.png', `C-evil-${WHEN}.png`],
  ])('%j becomes %s', (pattern, name) => {
    expect(nameFor({ output: png, pattern, inputs: [{ name: 'image' }] }, at, 0)).toBe(name);
  });

  test('an ending that is run stays only inside the name of unknown bytes', () => {
    const output = { name: 'a', mediaType: 'application/octet-stream' };
    expect(nameFor({ output, pattern: 'setup.exe' }, at, 0)).toBe(`setup.exe-${WHEN}.bin`);
    expect(nameFor({ output, pattern: 'a.desktop' }, at, 0)).toBe(`a.desktop-${WHEN}.bin`);
  });

  test("a very long one, with the input's name in it many times, is a name that file systems take", () => {
    const inputs = [{ name: 'image', file: `${'\u{1f600}é漢'.repeat(60)}.png` }];
    const name = nameFor({ output: png, pattern: `${'{input}'.repeat(18)}.png`, inputs }, at, 9_999);
    expect(Buffer.byteLength(name)).toBeLessThan(255);
    expect(name).toBe(name.normalize('NFC'));
    expect(name).not.toContain('\ufffd');
    expect(name.endsWith(`-${WHEN}-10000.png`)).toBe(true);
  });
});

test('the pattern comes from the manifest, the file names from the task', () => {
  const manifest = {
    inputs: [{ name: 'image' }],
    outputs: [{ name: 'thumbnail', filename: '{input}.small.png' }, { name: 'other' }],
  };
  const named = (output: OutputNaming['output'], inputFiles?: Record<string, string>) =>
    nameFor(namingOf(output, inputFiles ? { inputFiles } : {}, manifest), at, 0);
  expect(named(png, { image: 'dog.jpg' })).toBe(`dog.small-${WHEN}.png`);
  expect(named(png)).toBe(`image.small-${WHEN}.png`);
  expect(named({ ...png, name: 'other' }, { image: 'dog.jpg' })).toBe(`other-${WHEN}.png`);
  expect(nameFor(namingOf(png, {}, undefined), at, 0)).toBe(`thumbnail-${WHEN}.png`);
});
