// The gates that only read: types of every room, lint and format, boundaries between rooms, the lockfile.

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { incompleteEntries } from '../complete-lockfile.mjs';

const cap = (text) => text.trim().split('\n').slice(0, 60).join('\n');

/** Folders with a tsconfig.json of their own, and the project's, which covers the rest. */
export function typeProjects(root) {
  const rooms = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(?:node_modules|dist|\.)/.test(entry.name))
    .map((entry) => `${entry.name}/tsconfig.json`)
    .filter((file) => existsSync(join(root, file)));
  return ['tsconfig.json', ...rooms.sort()];
}

export async function types(gates) {
  const cache = join(gates.root, '.cache', 'tsc');
  mkdirSync(cache, { recursive: true });
  const queue = typeProjects(gates.root);
  const counts = { passed: 0, failed: 0 };
  const seen = new Set();
  const worker = async () => {
    for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
      const info = join(cache, `${project.replaceAll('/', '-')}.tsbuildinfo`);
      const result = await gates.tool(
        'typescript/bin/tsc',
        ['-p', project, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', info],
        { timeoutMs: 5 * 60_000 },
      );
      counts[result.code === 0 ? 'passed' : 'failed'] += 1;
      if (result.code === 0) continue;
      // Rooms import each other: an error is told once.
      const fresh = result.stdout.split('\n').filter((line) => line !== '' && !seen.has(line));
      for (const line of fresh) seen.add(line);
      process.stdout.write(`types: ${project}\n${cap(fresh.join('\n') || result.stderr)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return counts;
}

async function one(name, running) {
  const result = await running;
  if (result.code === 0) return { passed: 1, failed: 0 };
  process.stdout.write(`${name}:\n${cap(result.stdout + result.stderr)}\n`);
  return { passed: 0, failed: 1 };
}

export const lint = (gates) =>
  one(
    'lint',
    gates.tool('@biomejs/biome/bin/biome', ['ci', '--colors=off', '--max-diagnostics=30', '.'], {
      timeoutMs: 2 * 60_000,
    }),
  );

export const cruised = [
  'base',
  'schemas',
  'device-agent',
  'lab',
  'cli',
  'electron',
  'renderer',
  'services',
  'bench',
  'e2e',
];

export function boundaries(gates) {
  const folders = cruised.filter((folder) => existsSync(join(gates.root, folder)));
  return one(
    'boundaries',
    gates.tool(
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      ['--config', '.dependency-cruiser.cjs', ...folders],
      { timeoutMs: 2 * 60_000 },
    ),
  );
}

/** npm leaves entries out on some registries and then refuses its own file. */
export function lockfile(gates) {
  const missing = incompleteEntries(JSON.parse(readFileSync(join(gates.root, 'package-lock.json'), 'utf8')));
  if (missing.length === 0) return { passed: 1, failed: 0 };
  const names = missing.map(({ name }) => name).join(', ');
  return {
    passed: 0,
    failed: 1,
    note: `package-lock.json lacks ${names}; run: node scripts/complete-lockfile.mjs`,
  };
}
