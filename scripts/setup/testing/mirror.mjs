// A Debian mirror on loopback with one package, and the /etc that points at it: real apt, real dpkg-deb, no internet.
// It can answer slowly, badly or not at all.

import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { debianArch } from '../apt.mjs';
import { run } from '../run.mjs';

const sha = (data) => createHash('sha256').update(data).digest('hex');

/**
 * @param {string} folder  Owned by the caller.
 * @param {{ballastBytes?: number}} [options]  Incompressible bytes in the package.
 */
export async function startMirror(folder, { ballastBytes = 1_000 } = {}) {
  const arch = debianArch();
  const tree = join(folder, 'package');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  writeFileSync(
    join(tree, 'DEBIAN/control'),
    `Package: planted\nVersion: 1.0\nArchitecture: ${arch}\nMaintainer: nobody <nobody@example.org>\nDescription: planted\n`,
  );
  writeFileSync(join(tree, 'usr/bin/planted'), '#!/bin/sh\necho planted 1.0\n');
  writeFileSync(join(tree, 'usr/bin/ballast'), randomBytes(ballastBytes));
  chmodSync(join(tree, 'usr/bin/planted'), 0o755);
  const deb = join(folder, 'planted.deb');
  const made = await run('dpkg-deb', ['--root-owner-group', '-b', tree, deb]);
  if (made.code !== 0) throw new Error(made.stderr);
  const bytes = readFileSync(deb);
  const packages = `Package: planted\nVersion: 1.0\nArchitecture: ${arch}\nMaintainer: nobody <nobody@example.org>\nFilename: pool/planted_1.0_${arch}.deb\nSize: ${bytes.length}\nSHA256: ${sha(bytes)}\nDescription: planted\n\n`;
  const list = `main/binary-${arch}/Packages`;
  const release = `Origin: planted\nSuite: stable\nCodename: bookworm\nArchitectures: ${arch}\nComponents: main\nDate: ${new Date().toUTCString()}\nSHA256:\n ${sha(packages)} ${packages.length} ${list}\n`;
  const files = new Map([
    ['/dists/bookworm/Release', release],
    [`/dists/bookworm/${list}`, packages],
    [`/pool/planted_1.0_${arch}.deb`, bytes],
  ]);

  const seen = { lists: 0, packages: 0 };
  let mode = 'good';
  const held = [];
  const answer = (request, response) => {
    const body = files.get(decodeURI(request.url ?? ''));
    if (mode === 'stall') return;
    if (mode === 'hold') return void held.push([request, response]);
    if (mode === 'broken') {
      response.writeHead(500).end('broken');
      return;
    }
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (request.url?.endsWith('.deb')) seen.packages += 1;
    else seen.lists += 1;
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    const cut = request.url?.endsWith('.deb') && mode === 'cut';
    if (cut) response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    else response.end(body);
  };
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const etc = join(folder, 'etc');
  mkdirSync(join(etc, 'apt'), { recursive: true });
  writeFileSync(join(etc, 'os-release'), 'VERSION_CODENAME=bookworm\n');
  writeFileSync(
    join(etc, 'apt/sources.list'),
    `deb [trusted=yes] http://127.0.0.1:${server.address().port} bookworm main\n`,
  );
  return {
    etc,
    deb: bytes,
    seen,
    /** @param {'good' | 'stall' | 'hold' | 'broken' | 'cut'} to  What was held is answered so then. */
    become(to) {
      mode = to;
      server.closeIdleConnections();
      for (const [request, response] of held.splice(0)) answer(request, response);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
