// The boundaries gate must refuse what it is there for: faults of every kind, planted in a copy of the rooms.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGates } from './gates/context.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** file → its text; each has exactly the fault that the rule is named for. */
const faults = {
  'direction-base': ['base/planted.ts', "import '#schemas';"],
  'direction-schemas': ['schemas/planted.ts', "import '#agent/planted-a';"],
  'direction-device-agent': ['device-agent/planted-a/up.ts', "import '#lab/planted-l';"],
  'direction-lab': ['lab/planted-l/up.ts', "import '#cli';"],
  'direction-cli': ['cli/planted.ts', "import '../bench/planted.ts';"],
  'direction-electron': ['electron/planted.ts', "import '../renderer/planted-ok.ts';"],
  'direction-renderer': ['renderer/up.ts', "import '#lab/planted-l';"],
  'no-scripts': ['lab/planted-l/script.ts', "import '../../scripts/planted.mjs';"],
  'no-cycles': ['lab/planted-l/round-a.ts', "import { b } from './round-b.ts';\nexport const a = () => b;"],
  resolvable: ['lab/planted-l/nowhere.ts', "import './not-there.ts';"],
  'by-the-door-agent-and-lab': ['lab/planted-l/side.ts', "import '../planted-m/inside.ts';"],
  'by-the-door-from-outside': ['cli/side.ts', "import '../lab/planted-m/inside.ts';"],
  'by-the-door-base': ['lab/planted-l/base-side.ts', "import '../../base/clock.ts';"],
  'by-the-door-schemas': ['lab/planted-l/schema-side.ts', "import '../../schemas/validator.ts';"],
  'pure-cores': [
    'device-agent/planted-a/core/impure.ts',
    "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  ],
  'browser-only-renderer': ['renderer/node.ts', "import 'node:os';"],
  'renderer-types-only': [
    'renderer/values.ts',
    "import { something } from '#schemas';\nexport const s = something;",
  ],
  'no-node-behind-renderer': ['renderer/behind.ts', "import './through.ts';"],
  'no-dev-packages': ['lab/planted-l/dev.ts', "import { build } from 'esbuild';\nexport const b = build;"],
  'declared-packages': ['lab/planted-l/unknown.ts', "import 'avvio';"],
};

/** What the faults lean on, and files that break no rule. */
const honest = {
  'device-agent/planted-a/index.ts': 'export const a = 1;',
  'lab/planted-l/index.ts': "import { a } from '#agent/planted-a';\nexport const l = a;",
  'lab/planted-l/round-b.ts': "import { a } from './round-a.ts';\nexport const b = () => a;",
  // Types alone may run in a circle: nothing of it is left at run time.
  'lab/planted-l/type-a.ts': "import type { B } from './type-b.ts';\nexport interface A { b: B }",
  'lab/planted-l/type-b.ts': "import type { A } from './type-a.ts';\nexport interface B { a: A }",
  'lab/planted-m/index.ts': "export * from './inside.ts';",
  'lab/planted-m/inside.ts': 'export const m = 1;',
  'lab/planted-m/user.ts': "import { l } from '#lab/planted-l';\nexport const n = l;",
  'cli/index.ts': 'export const c = 1;',
  'cli/good.ts': "import { l } from '#lab/planted-l';\nexport const d = l;",
  'bench/planted.ts': 'export const p = 1;',
  'scripts/planted.mjs': 'export const s = 1;',
  'lab/planted-l/script.it.test.ts': "import '../../scripts/planted.mjs';",
  'renderer/planted-ok.ts': 'export const ok = 1;',
  'renderer/through.ts': "import 'node:fs';",
  'device-agent/planted-a/core/pure.ts': "import '../index.ts';",
};

let copy;
let violations;

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'abhaya boundaries '));
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.base.json', '.dependency-cruiser.cjs'])
    cpSync(join(root, name), join(copy, name));
  for (const room of ['base', 'schemas']) cpSync(join(root, room), join(copy, room), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const plant = (file, text) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `${text}\n`);
  };
  for (const [file, text] of Object.entries(honest)) plant(file, text);
  for (const [file, text] of Object.values(faults)) plant(file, text);
  const gates = createGates({ root });
  const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const rooms = ['base', 'schemas', 'device-agent', 'lab', 'cli', 'electron', 'renderer', 'bench'];
  const result = await gates.program(
    gates.node,
    [cruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms],
    {
      cwd: copy,
      keepBytes: 64 * 1024 * 1024,
    },
  );
  violations = JSON.parse(result.stdout).summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('the boundaries gate', () => {
  it.each(Object.entries(faults).map(([rule, [file]]) => [rule, file]))('refuses %s', (rule, file) => {
    expect(violations).toContain(`${rule} ${file}`);
  });

  it('has a planted fault for every rule', async () => {
    const { default: config } = await import('../.dependency-cruiser.cjs');
    expect(config.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(faults).sort());
  });

  it('lets honest files pass', () => {
    // through.ts and round-b.ts are the other halves of planted faults.
    const halves = ['renderer/through.ts', 'lab/planted-l/round-b.ts'];
    const innocent = Object.keys(honest).filter((file) => !halves.includes(file));
    expect(violations.filter((violation) => innocent.includes(violation.split(' ')[1]))).toEqual([]);
  });
});
