// Node, esbuild and Vitest disagree on what the default import of a CommonJS module is: this finds the export in all.

/** The named export of a CommonJS module that was imported as a namespace. Throws TypeError when it isn't there. */
export function commonJsExport<T>(namespace: unknown, name: string): T {
  let at = namespace as Record<string, unknown> | undefined;
  for (let depth = 0; depth < 3 && at; depth++) {
    const found = at[name];
    // A module's `default` may again be the module: what is wanted is a class or function.
    if (typeof found === 'function') return found as T;
    at = at.default as Record<string, unknown> | undefined;
  }
  throw new TypeError(`the library has no ${name}`);
}
