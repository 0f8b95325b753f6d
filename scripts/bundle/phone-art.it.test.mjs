// The ART flavour of the phones' JVM, as the build made it, as far as it can be looked at without ART: the dex file by
// dexdump, the library by readelf, and the very classes and the library at work on a JVM, where a class of ours stands for
// Android's loader of dex from memory.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { androidTool } from '../../android-shim/android-tools.ts';
import { parseDexdump } from '../../android-shim/supervisor/dexdump.ts';
import { createContext } from '../setup/context.mjs';
import { listFiles, sha256File } from '../setup/hash.mjs';
import { run } from '../setup/run.mjs';
import { hostAbi } from './phone-runtime.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, 'dist', 'art', hostAbi());
const runtime = join(folder, 'runtime');
const jar = join(runtime, 'abhaya-art.jar');
const library = join(runtime, 'libabhaya-art.so');
const { tools } = JSON.parse(
  readFileSync(join(createContext({ root, quiet: true }).toolsDir, 'tools.json'), 'utf8'),
);

let work;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'abhaya art '));
});
afterAll(() => rmSync(work, { recursive: true }));

it('is made of what its manifest says', () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  expect(manifest.files.map(({ path }) => path)).toEqual(['abhaya-art.jar', 'libabhaya-art.so']);
  expect(listFiles(runtime)).toEqual(['abhaya-art.jar', 'libabhaya-art.so']);
  for (const file of manifest.files) expect(sha256File(join(runtime, file.path))).toBe(file.sha256);
  expect(manifest.hash).toMatch(/^[0-9a-f]{16}$/);
});

describe('the dex file', () => {
  const look = async (file) => parseDexdump(await androidTool('dexdump', ['-d', file]));
  const canary = () => {
    const path = join(work, 'canary.jar');
    writeFileSync(path, unzipSync(readFileSync(jar))['org/abhaya/jvm/canary.jar']);
    return path;
  };

  it('is Android 7’s, has what dalvikvm calls, and names nothing that isn’t there', async () => {
    const dex = await look(jar);
    expect(dex.version).toBe('037');
    expect(dex.methods.get('Lorg/abhaya/jvm/ArtMain;.main:([Ljava/lang/String;)V')).toBe('PUBLIC STATIC');
    const known = (type) => dex.classes.has(type) || /^Ljavax?\//.test(type);
    expect([...dex.types].filter((type) => !known(type))).toEqual([]);
    // Android's own loader is named by a text only: Android 7 lacks it.
    expect([...dex.types].some((type) => type.startsWith('Ldalvik/'))).toBe(false);
  });

  it.each([
    ['the bootstrap', () => jar],
    ['its canary', canary],
  ])('of %s has no instruction that is newer', async (_name, file) => {
    const { instructions, classes } = await look(file());
    expect(classes.size).toBeGreaterThan(1);
    expect(instructions.size).toBeGreaterThan(20);
    const late = /^(invoke-custom|invoke-polymorphic|const-method)/;
    expect([...instructions].filter((name) => late.test(name))).toEqual([]);
  });
});

it('the library needs no other, has no name of another’s, and fits pages of 16 KB', async () => {
  const { stdout } = await run(tools.readelf, ['-W', '-d', '-l', '--dyn-syms', library]);
  expect(stdout).toMatch(/Library soname: \[libabhaya-art\.so\]/);
  expect(stdout).not.toMatch(/\(NEEDED\)|\(TEXTREL\)|INTERP|TLS/);
  expect(stdout).toMatch(/\(GNU_HASH\)/);
  expect(stdout).toMatch(/\(HASH\)/);
  const symbols = [...stdout.matchAll(/^ +\d+: .* (UND|\d+) (\S+)$/gm)].map(([, section, name]) => [
    section === 'UND',
    name,
  ]);
  expect(symbols).toEqual([[false, 'JNI_OnLoad']]);
  const loads = [...stdout.matchAll(/^ +LOAD .* (R[ W][ E]) +0x([0-9a-f]+)$/gm)];
  expect(loads.length).toBeGreaterThan(1);
  for (const [, rights, align] of loads) {
    expect(Number.parseInt(align, 16) % 16_384).toBe(0);
    expect(rights).not.toBe('RWE');
  }
});

describe('the bootstrap, on a JVM', () => {
  const LOADER = `
package dalvik.system;
public final class InMemoryDexClassLoader extends ClassLoader {
  public InMemoryDexClassLoader(java.nio.ByteBuffer dex, ClassLoader parent) {
    super(parent);
    byte[] magic = new byte[4];
    dex.get(magic);
    if (!new String(magic).equals("dex\\n")) throw new IllegalArgumentException("not dex");
  }
  @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (java.io.InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      byte[] code = in.readAllBytes();
      return defineClass(name, code, 0, code.length);
    } catch (java.io.IOException | NullPointerException missing) {
      throw new ClassNotFoundException(name);
    }
  }
}`;
  const SERVICE = `
public class Service {
  public static void main(String[] arguments) throws Exception {
    String asked = new String(System.in.readAllBytes());
    try {
      Class.forName("org.abhaya.jvm.Host");
      System.out.print("sees the bootstrap ");
    } catch (ClassNotFoundException expected) {
      System.out.print("alone ");
    }
    byte[] random = new byte[70000];
    new java.security.SecureRandom().nextBytes(random);
    System.out.print(random[69999] + random[69998] + random[69997] != 0 ? "random " : "zeros ");
    System.out.print(java.security.Security.getProviders()[0].getName() + " ");
    System.out.print(new String(Service.class.getResourceAsStream("/data.txt").readAllBytes()) + " " + asked);
  }
}`;
  let classes;

  async function compile(name, source) {
    const out = join(work, `${name}-classes`);
    mkdirSync(out);
    writeFileSync(join(work, `${name}.java`), source);
    const { code, stderr } = await run(tools.javac, ['-d', out, join(work, `${name}.java`)]);
    expect(code, stderr).toBe(0);
    return out;
  }

  beforeAll(async () => {
    // A folder, not the jar: the bootstrap closes what the JVM would still read that from.
    classes = await compile('InMemoryDexClassLoader', LOADER);
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(jar)))) {
      if (name.endsWith('/')) continue;
      mkdirSync(dirname(join(classes, name)), { recursive: true });
      writeFileSync(join(classes, name), bytes);
    }
  });

  const header = (kind, code) => {
    const bytes = Buffer.alloc(5);
    bytes[0] = kind;
    bytes.writeUInt32BE(code.length, 1);
    return bytes;
  };
  const start = (kind, code, input) =>
    // Interpreted, as on ART: the compiler of HotSpot looks for classes of its own accord, in files that the bootstrap closed.
    run(tools.java, ['-Xint', '-Xshare:auto', '-cp', classes, 'org.abhaya.jvm.ArtMain', library], {
      input: Buffer.concat([header(kind, code), code, Buffer.from(input)]),
      timeoutMs: 60_000,
    });
  const jarOf = async (files) => Buffer.from(zipSync(files));

  it('runs its own canary, and answers', async () => {
    expect(await start(0, Buffer.from('abhaya canary'), 'answer me')).toMatchObject({
      code: 0,
      stdout: 'answer me',
    });
  });

  it('runs a service by its dex, without sight of the bootstrap, with random bytes and its files', async () => {
    const made = await compile('Service', SERVICE);
    const service = await jarOf({
      'META-INF/MANIFEST.MF': Buffer.from('Manifest-Version: 1.0\nMain-Class: Service\n'),
      'Service.class': readFileSync(join(made, 'Service.class')),
      'classes.dex': Buffer.from('dex\n037\0'),
      'data.txt': Buffer.from('data'),
    });
    expect(await start(0, service, 'hello')).toMatchObject({
      code: 0,
      stdout: 'alone random Abhaya data hello',
    });
  });

  it('ends for a jar without dex, and for no jar', async () => {
    const plain = await jarOf({ 'META-INF/MANIFEST.MF': Buffer.from('Main-Class: Service\n') });
    expect(await start(0, plain, '')).toMatchObject({ code: 1 });
    expect(await start(0, Buffer.from('nothing of the kind, and long enough'), '')).toMatchObject({
      code: 1,
    });
  });
});
