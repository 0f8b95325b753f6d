// An npm registry on loopback with three small packages, and a project that locks them: real npm, no internet. One of
// them plays the pinned Node (npm asks nothing of it but to be there, set-up asks for its version).

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { run } from '../run.mjs';

const nodeName = `node-${process.platform}-${process.arch}`;

async function pack(folder, name, files, extra = {}) {
  const tree = join(folder, `pack-${name}`, 'package');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  writeFileSync(join(tree, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...extra }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(tree, file), text, { mode: 0o755 });
  const made = await run('tar', ['-czf', join(folder, `${name}.tgz`), '-C', join(tree, '..'), 'package']);
  if (made.code !== 0) throw new Error(made.stderr);
  const bytes = readFileSync(join(folder, `${name}.tgz`));
  return { name, bytes, extra, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
}

/** @param {string} folder  @param {string} project  Both owned by the caller; the project gets its two JSON files. */
export async function startRegistry(folder, project) {
  const platform = { os: [process.platform], cpu: [process.arch] };
  const packages = [
    await pack(folder, 'planted-lib', { 'index.js': 'module.exports = 1;\n' }),
    await pack(folder, 'planted-dev', { 'index.js': 'module.exports = 2;\n' }),
    await pack(
      folder,
      nodeName,
      { 'bin/node': `#!/bin/sh\necho v22.0.0\nexit 0\n#${'x'.repeat(1_100_000)}\n` },
      platform,
    ),
  ];
  let mode = 'good';
  let failures = 0;
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (mode === 'stall') return;
    if (failures > 0 || mode === 'broken') {
      failures -= 1;
      response.writeHead(503).end('busy');
      return;
    }
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const found = packages.find(({ name }) => path === name || path === `${name}/-/${name}-1.0.0.tgz`);
    if (found === undefined) response.writeHead(404).end('{}');
    else if (path.endsWith('.tgz')) response.end(found.bytes);
    else {
      const dist = { tarball: `${url}/${found.name}/-/${found.name}-1.0.0.tgz`, integrity: found.integrity };
      const version = { name: found.name, version: '1.0.0', ...found.extra, dist };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name: found.name,
          'dist-tags': { latest: '1.0.0' },
          versions: { '1.0.0': version },
        }),
      );
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;

  const wanted = {
    dependencies: { 'planted-lib': '1.0.0' },
    devDependencies: { 'planted-dev': '1.0.0' },
    optionalDependencies: { [nodeName]: '1.0.0' },
  };
  const kind = { 'planted-dev': { dev: true }, [nodeName]: { optional: true, ...platform } };
  const head = { name: 'planted', version: '1.0.0' };
  const entries = packages.map(({ name, integrity }) => [
    `node_modules/${name}`,
    { version: '1.0.0', integrity, ...kind[name] },
  ]);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...head, ...wanted }));
  writeFileSync(
    join(project, 'package-lock.json'),
    JSON.stringify({
      ...head,
      lockfileVersion: 3,
      requires: true,
      packages: { '': { ...head, ...wanted }, ...Object.fromEntries(entries) },
    }),
  );
  return {
    url,
    requests: () => requests,
    /** @param {'good' | 'stall' | 'broken'} to */
    become(to) {
      mode = to;
    },
    failNext(count) {
      failures = count;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
