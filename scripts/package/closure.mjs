// Which folders of node_modules a package needs, by the lockfile.

/** Paths like `node_modules/pino`, each once; optional packages that are not installed are the caller's to skip. */
export function closureOf(packages, names) {
  const found = new Set();
  const visit = (name, from) => {
    const path = resolve(packages, name, from);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies } = packages[path];
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(next, path);
  };
  for (const name of names) visit(name, '');
  return [...found].sort();
}

/** As Node looks: beside the package's own folder first, then upwards. */
function resolve(packages, name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === '') return undefined;
    if (!at.includes('/node_modules/')) at = '';
  }
}
