// What `electron [-r file] [--flags] <app>` does, for a runtime that comes without Electron's own default app.

const { readFileSync, statSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { app } = require('electron');

const first = [];
let target;
const args = process.argv.slice(1);
for (let at = 0; at < args.length && target === undefined; at += 1) {
  const arg = args[at];
  if (arg === '-r' || arg === '--require') {
    at += 1;
    first.push(args[at]);
  } else if (!arg.startsWith('-')) target = path.resolve(arg);
}

for (const file of first) Module._load(file, module, true);
if (target === undefined) {
  process.stdout.write(`electron ${process.versions.electron}\n`);
  app.exit(0);
} else {
  const folder = statSync(target).isDirectory();
  const about = folder ? JSON.parse(readFileSync(path.join(target, 'package.json'), 'utf8')) : {};
  app.setAppPath(folder ? target : path.dirname(target));
  if (about.productName ?? about.name) app.setName(about.productName ?? about.name);
  if (about.version) app.setVersion(about.version);
  Module._load(folder ? path.join(target, about.main ?? 'index.js') : target, Module, true);
}
