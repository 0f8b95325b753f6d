// A jar gets its classes as dex: by dalvik-dx, and by the d8 of a made-up Android SDK, which is a script that writes down
// what it was asked. Real d8 is in no registry that the tests use.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { androidTool } from '../../android-shim/android-tools.ts';
import { parseDexdump } from '../../android-shim/supervisor/dexdump.ts';
import { createContext } from '../setup/context.mjs';
import { run } from '../setup/run.mjs';
import { dexJar } from './dex-jar.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SOURCE = `
public class Sample {
  public static void main(String[] arguments) {
    String name = arguments.length + "!";
    Runnable greeting = () -> System.out.println(name + "?");
    greeting.run();
  }
}`;
const NEWER = 'class Newer { Object now() { return java.time.Instant.now(); } }';

let folder;
let context;
let tools;
let jar;
const files = () => unzipSync(readFileSync(join(folder, 'out.jar')));
const dex = (env = {}, more = {}) =>
  dexJar({ ctx: context(env), tools, jar, target: join(folder, 'out.jar'), ...more });

async function compile(name, source) {
  const classes = join(folder, name);
  mkdirSync(classes);
  writeFileSync(join(folder, `${name}.java`), source);
  const { code, stderr } = await run(tools.javac, [
    ...['--release', '11', '-d', classes, join(folder, `${name}.java`)],
  ]);
  expect(code, stderr).toBe(0);
  const bytes = readFileSync(join(classes, `${name}.class`));
  const manifest = Buffer.from(`Manifest-Version: 1.0\nMain-Class: ${name}\n`);
  const path = join(folder, `${name}.jar`);
  writeFileSync(path, zipSync({ 'META-INF/MANIFEST.MF': manifest, [`${name}.class`]: bytes }));
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'abhaya dex '));
  const { ANDROID_HOME: _, ANDROID_SDK_ROOT: __, ...plain } = process.env;
  context = (env) => createContext({ root, env: { ...plain, ...env }, quiet: true });
  tools = JSON.parse(readFileSync(join(context({}).toolsDir, 'tools.json'), 'utf8')).tools;
  jar = await compile('Sample', SOURCE);
});
afterAll(() => rmSync(folder, { recursive: true }));

it('makes dex that Android 7 can read, lambdas and templates included, and keeps the classes', async () => {
  await dex();
  const inside = files();
  expect(Object.keys(inside)).toEqual(['META-INF/MANIFEST.MF', 'Sample.class', 'classes.dex']);
  const contents = parseDexdump(await androidTool('dexdump', ['-d', join(folder, 'out.jar')]));
  expect(contents.version).toBe('037');
  expect(contents.methods.get('LSample;.main:([Ljava/lang/String;)V')).toBe('PUBLIC STATIC');
  expect([...contents.instructions].filter((name) => /^invoke-(custom|polymorphic)/.test(name))).toEqual([]);
  const { stdout } = await run(tools.java, ['-jar', join(folder, 'out.jar')]);
  expect(stdout).toBe('0!?\n');
});

it('asks d8 where there is an Android SDK', async () => {
  const home = join(folder, 'an sdk');
  const d8 = join(home, 'build-tools', '34.0.0', 'd8');
  mkdirSync(dirname(d8), { recursive: true });
  const script = [
    '#!/bin/sh',
    `printf '%s\\n' "$@" > '${join(folder, 'asked')}'`,
    'while [ "$1" != --output ]; do shift; done',
    'echo "of d8" > "$2/classes.dex"',
  ];
  writeFileSync(d8, `${script.join('\n')}\n`, { mode: 0o755 });
  await dex({ ANDROID_HOME: home });
  const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
  expect(asked).toEqual(['--release', '--min-api', '24', '--output', expect.any(String), jar]);
  expect(Buffer.from(files()['classes.dex']).toString()).toBe('of d8\n');

  writeFileSync(d8, '#!/bin/sh\necho "no good" >&2\nexit 3\n', { mode: 0o755 });
  await expect(dex({ ANDROID_HOME: home })).rejects.toThrow(/Maven failed in a dex file of/);
});

it('refuses what Android 7 lacks, where that is asked for', async () => {
  const newer = await compile('Newer', NEWER);
  await expect(dex({}, { jar: newer, check: true })).rejects.toThrow(/java\.time\.Instant/);
});
