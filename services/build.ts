// Builds, packs and signs the sample services.
//
//   node services/build.ts --out dist/services [--key FILE] [--only NAME]
//
// Compilers: CC for this machine, CC_ARM64 and CC_ARM for phones (from the environment, else from
// .cache/tools/tools.json); ABIs without one are left out. The author's key is a 32-byte seed in hex: --key, else
// keys/lab-author.key under ABHAYA_HOME, else under .cache; generated once there, mode 0600, never committed.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { type Signer, signerFromSeed, writePackage } from '#agent/services';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, '..', '.cache');

type Tools = Readonly<Record<string, string>>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, key: { type: 'string' }, only: { type: 'string' } },
  });
  if (values.out === undefined) throw new Error('usage: build.ts --out FOLDER [--key FILE] [--only NAME]');
  const out = resolve(values.out);
  const home = process.env.ABHAYA_HOME;
  const signer = await loadSigner(resolve(values.key ?? join(home || cache, 'keys', 'lab-author.key')));
  const tools = await loadTools();
  await mkdir(out, { recursive: true });
  for (const name of (await readdir(here)).sort()) {
    if (values.only !== undefined && name !== values.only) continue;
    if (!existsSync(join(here, name, 'manifest.template.json'))) continue;
    const { file, bytes, abis } = await buildService(name, signer, tools, out);
    process.stdout.write(`${file}: ${bytes} bytes for ${abis.join(', ')}, by ${signer.address}\n`);
  }
}

/** Reads the seed, or makes it so that of two builds at once only one's stays. */
async function loadSigner(path: string): Promise<Signer> {
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const aside = `${path}.${process.pid}.part`;
    const file = await open(aside, 'wx', 0o600);
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
    await file.close();
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(aside);
  }
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new Error(`${path} is readable for others: chmod 600 it`);
  const text = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} holds no seed (64 hexadecimal digits)`);
  return signerFromSeed(Buffer.from(text, 'hex'));
}

async function loadTools(): Promise<Tools> {
  const path = join(cache, 'tools', 'tools.json');
  const kept: Tools = existsSync(path)
    ? (JSON.parse(await readFile(path, 'utf8')) as { tools: Tools }).tools
    : {};
  const { CC, CC_ARM64, CC_ARM, MAKE } = process.env;
  const given = { cc: CC, ccArm64: CC_ARM64, ccArm: CC_ARM, make: MAKE };
  const all: Record<string, string> = { cc: 'cc', make: 'make', ...kept };
  for (const [name, value] of Object.entries(given)) if (value) all[name] = value;
  return all;
}

const abiOfHost = process.arch === 'arm64' ? 'arm64-v8a' : 'x86_64';

/** ABI → compiler, of those that there are. */
function compilersFor(tools: Tools): Map<string, string> {
  const all: Record<string, string | undefined> = {
    'arm64-v8a': tools.ccArm64,
    'armeabi-v7a': tools.ccArm,
    [abiOfHost]: tools.cc,
  };
  return new Map(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

async function buildService(name: string, signer: Signer, tools: Tools, out: string) {
  const folder = join(here, name);
  const template = JSON.parse(await readFile(join(folder, 'manifest.template.json'), 'utf8'));
  const portable = await portableOf(folder, name);
  const files = portable
    ? new Map([[template.entryPoint, portable]])
    : await compilePrograms(folder, template.entryPoint, tools);
  const { bytes, manifest } = await writePackage({ manifest: template, files }, signer);
  const file = join(out, `${manifest.packageId}-${manifest.version}.meshsvc`);
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  const abis = portable ? ['every ABI'] : [...compilersFor(tools).keys()];
  return { file: basename(file), bytes: bytes.length, abis };
}

/** The one file of a service in JavaScript, Python, Kotlin or AssemblyScript; undefined for programs. */
async function portableOf(folder: string, name: string): Promise<Uint8Array | undefined> {
  const python = join(folder, 'src', 'main.py');
  if (existsSync(python)) return readFile(python);
  if (existsSync(join(folder, 'pom.xml'))) return packageJar(folder, name);
  if (existsSync(join(folder, 'assembly', 'main.ts'))) return compileModule(folder);
  return existsSync(join(folder, 'src', 'main.ts')) ? bundleScript(folder) : undefined;
}

async function compilePrograms(folder: string, entryPoint: string, tools: Tools) {
  const files = new Map<string, Uint8Array>();
  const program = basename(entryPoint);
  for (const [abi, compiler] of compilersFor(tools)) {
    await make(folder, tools.make ?? 'make', compiler, abi);
    files.set(`service/${abi}/${program}`, await readFile(join(folder, 'build', abi, program)));
  }
  return files;
}

/** One script with everything inside, WebAssembly too: a service can load nothing. */
async function bundleScript(folder: string): Promise<Uint8Array> {
  const { outputFiles } = await esbuild({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'browser',
    target: 'es2023',
    minify: true,
    legalComments: 'none',
    loader: { '.wasm': 'binary' },
    // Emscripten's glue names these where it finds itself in Node.js; there is none here.
    external: ['fs', 'path'],
    define: { process: 'undefined' },
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${folder}`);
  return file.contents;
}

/** By Maven, which leaves target/<name>.jar with everything inside; then with its classes as dex too, for phones' ART. */
async function packageJar(folder: string, name: string): Promise<Uint8Array> {
  const script = (file: string) => join(here, '..', 'scripts', 'build', file);
  const work = await mkdtemp(join(tmpdir(), 'abhaya-service-'));
  try {
    const run = (args: string[]) =>
      promisify(execFile)(process.execPath, args, { maxBuffer: 16 * 1024 * 1024 });
    await run([script('package-jar.mjs'), folder, work]);
    const dexed = join(work, 'with-dex.jar');
    await run([script('dex-jar.mjs'), join(work, 'target', `${name}.jar`), dexed]);
    return await readFile(dexed);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** AssemblyScript to a module for WASI: `_start` is exported, so that it is called when there is a memory. */
async function compileModule(folder: string): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc');
  let module: Uint8Array | undefined;
  const args = ['assembly/main.ts', '--baseDir', folder, '-O2', '--outFile', 'main.wasm'];
  const wasi = ['--exportStart', '_start', '--use', 'abort=assembly/wasi/wasiAbort'];
  const { error, stderr } = await main([...args, ...wasi], {
    writeFile: (_name, contents) => {
      module = typeof contents === 'string' ? Buffer.from(contents) : contents;
    },
  });
  if (error || !module) throw new Error(`asc in ${folder} failed:\n${stderr.toString()}`, { cause: error });
  return module;
}

/** make gets names and relative paths only: spaces in the folders above would break its rules. */
async function make(folder: string, program: string, compiler: string, abi: string): Promise<void> {
  const folders = [program, compiler].filter((tool) => isAbsolute(tool)).map((tool) => dirname(tool));
  const env = { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) };
  const args = ['-C', folder, `CC=${basename(compiler)}`, `OUT=build/${abi}`];
  try {
    await promisify(execFile)(program, args, { env, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`make in ${folder} for ${abi} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
