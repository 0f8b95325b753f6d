// Adds the entries that npm leaves out of package-lock.json when a registry doesn't carry an optional package for
// some other platform; `npm ci` refuses a lockfile without them. Version, os and cpu come from the package that
// wants them. Without an integrity hash, since there was nothing to hash. Run after adding a dependency:
// node scripts/complete-lockfile.mjs [folder]

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const osNames = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix'];
const cpuNames = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64'];

/** Names in `optionalDependencies` of locked packages that have no entry of their own. */
export function incompleteEntries(lock) {
  const found = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue;
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      if (!places.some((place) => lock.packages[place])) found.push({ name, version, user: entry });
    }
  }
  return found;
}

function entryFor({ name, version, user }) {
  const parts = name.split(/[/-]/);
  const os = osNames.filter((word) => parts.includes(word));
  const cpu = cpuNames.filter((word) => parts.includes(word));
  if (os.length !== 1 || cpu.length > 1 || !/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name}@${version}: not a platform package with an exact version`);
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(user.dev ? { dev: true } : {}),
    ...(user.license ? { license: user.license } : {}),
    optional: true,
    os,
    ...(os[0] === 'linux' ? { libc: [parts.includes('musl') ? 'musl' : 'glibc'] } : {}),
    ...(user.engines ? { engines: user.engines } : {}),
  };
}

export function completeLock(lock) {
  const added = incompleteEntries(lock);
  const packages = { ...lock.packages };
  for (const missing of added) packages[`node_modules/${missing.name}`] = entryFor(missing);
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return { lock: { ...lock, packages: sorted }, added: added.map(({ name }) => name) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(process.argv[2] ?? '.', 'package-lock.json');
  const { lock, added } = completeLock(JSON.parse(readFileSync(path, 'utf8')));
  if (added.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `added ${added.join(', ')}` : 'complete');
}
