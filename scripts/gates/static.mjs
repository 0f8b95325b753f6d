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
  return [
    'tsconfig.json',
    ...rooms.sort(),
    'bench/topology/tsconfig.json',
    'e2e/window/tsconfig.json',
  ].filter((file) => existsSync(join(root, file)));
}

/**
 * Which projects must be checked on their own. A room whose options are the project's, and whose files the project
 * includes, is checked with it: the same files under the same options, once. (The renderer has options of its own.)
 */
export async function ownTypeProjects(root) {
  const { default: ts } = await import('typescript');
  const read = (project) => {
    const path = join(root, project);
    const parsed = ts.getParsedCommandLineOfConfigFile(
      path,
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} },
    );
    if (!parsed || parsed.errors.some(({ code }) => code !== noInputs))
      return { options: project, files: [] };
    const { configFilePath, ...options } = parsed.options;
    return { options: JSON.stringify(Object.entries(options).sort()), files: parsed.fileNames };
  };
  const [whole, ...rooms] = typeProjects(root);
  const all = read(whole);
  const known = new Set(all.files);
  const covered = (room) => {
    const { options, files } = read(room);
    return options === all.options && files.every((file) => known.has(file));
  };
  return { together: rooms.filter(covered), alone: [whole, ...rooms.filter((room) => !covered(room))] };
}

/** TypeScript's code for "no inputs were found". */
const noInputs = 18003;

export async function types(gates) {
  const cache = join(gates.root, '.cache', 'tsc');
  mkdirSync(cache, { recursive: true });
  const { together, alone } = await ownTypeProjects(gates.root);
  const queue = [...alone];
  const counts = { passed: 0, failed: 0 };
  const seen = new Set();
  const worker = async () => {
    for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
      const info = join(cache, `${project.replaceAll('/', '-')}.tsbuildinfo`);
      const args = ['-p', project, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', info];
      const result = await gates.tool('typescript/bin/tsc', args, { timeoutMs: 5 * 60_000 });
      const lines = result.stdout.split('\n').filter((line) => line !== '');
      counts[result.code === 0 ? 'passed' : 'failed'] += 1;
      if (project === alone[0]) {
        for (const room of together) {
          const folder = room.replace('tsconfig.json', '');
          const broken =
            result.code !== 0 && (lines.length === 0 || lines.some((line) => line.startsWith(folder)));
          counts[broken ? 'failed' : 'passed'] += 1;
        }
      }
      if (result.code === 0) continue;
      // Rooms import each other: an error is told once.
      const fresh = lines.filter((line) => !seen.has(line));
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
