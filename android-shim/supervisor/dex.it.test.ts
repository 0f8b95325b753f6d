// The dex file that real phones get, read by Debian's dexdump: whether Android 7's ART could load and run it.

import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadToolchain } from '#lab/toolchain';
import { androidTool } from '../android-tools.ts';
import { type DexContents, parseDexdump } from './dexdump.ts';

let dex: DexContents;
beforeAll(async () => {
  const jar = join(loadToolchain().dist, 'shim', 'supervisor.dex.jar');
  dex = parseDexdump(await androidTool('dexdump', ['-d', jar]));
});

/** What the platform has; java.lang.invoke is there in name, but its calls need newer instructions. */
const ofThePlatform = (type: string): boolean =>
  type.startsWith('Ljava/') && !type.startsWith('Ljava/lang/invoke/');

const missingIn = ({ types, classes }: DexContents): string[] =>
  [...types].filter((type) => !classes.has(type) && !ofThePlatform(type)).sort();

test('it has the entry that app_process calls', () => {
  expect(dex.version).toBe('037');
  expect(dex.methods.get('Lorg/abhaya/supervisor/Main;.main:([Ljava/lang/String;)V')).toMatch(
    /^PUBLIC STATIC( FINAL)?$/,
  );
});

test('it names no class that is neither inside nor of the platform', () => {
  expect(dex.types.size).toBeGreaterThan(100);
  expect(dex.types).toContain('Ljava/lang/ProcessBuilder;');
  expect(missingIn(dex)).toEqual([]);
});

test('it has no instruction that came with Android 8 or later', () => {
  expect(dex.instructions.size).toBeGreaterThan(50);
  const late = /^(invoke-custom|invoke-polymorphic|const-method-handle|const-method-type)/;
  expect([...dex.instructions].filter((name) => late.test(name))).toEqual([]);
});

test('it names nothing that Android 7 lacks', () => {
  const late = [
    'Ljava/lang/ProcessBuilder$Redirect;',
    'Ljava/lang/ProcessHandle;',
    'Ljava/lang/Runtime$Version;',
    'Ljava/nio/file/Path;',
    'Ljava/time/Instant;',
    'Ljava/util/Base64;',
  ];
  expect(late.filter((type) => dex.types.has(type))).toEqual([]);
});

test('what the checks above look for would be seen', () => {
  const bad = parseDexdump(
    [
      "Opened 'x.dex.jar', DEX version '039'",
      "  Class descriptor  : 'Lx/A;'",
      "  Superclass        : 'Lx/Gone;'",
      "      name          : 'main'",
      "      type          : '([Ljava/lang/String;)V'",
      '      access        : 0x0009 (PUBLIC STATIC)',
      '014d24: 2200 1501                              |0000: const-string v0, "Lnot/A/Type;" // string@0001',
      '014d28: fc10 4504 0000                         |0002: invoke-custom {v0}, call_site@0001',
      '014d2e: 6900 d100                              |0005: sput-object v0, Lx/A;.F:Ljava/lang/invoke/CallSite; // field@00d1',
    ].join('\n'),
  );
  expect(missingIn(bad)).toEqual(['Ljava/lang/invoke/CallSite;', 'Lx/Gone;']);
  expect([...bad.instructions]).toContain('invoke-custom');
  expect([...bad.methods]).toEqual([['Lx/A;.main:([Ljava/lang/String;)V', 'PUBLIC STATIC']]);
});
