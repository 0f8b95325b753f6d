// Debian trixie's real adbd inside a virtual phone's walls, with a virtual phone's small commands: what our own daemon
// is compared with, and a phone that is none of the lab host's. Tests and benchmarks only. It has no AUTH (built for a
// PC) and no control side. Owns its walls, its services and its folder.

import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Scope, silentLogger, systemClock, systemRandom } from '#base';
import { freePort } from '#lab/adb';
import { makeImage } from '../isolation/image.ts';
import { buildNamespaces, HOST_UID } from '../isolation/namespaces.ts';
import { RootedFiles } from '../isolation/rooted-files.ts';
import { prepareFolder } from '../phone-folder.ts';
import { abiOf, profiles } from '../profile.ts';
import { serveCalls } from '../services/call-server.ts';
import { PhoneState } from '../services/phone-state.ts';
import { systemServices } from '../services/system.ts';
import type { PhoneTools } from '../tools.ts';

export interface ReferencePhone {
  readonly adbAddress: string;
  /** What the daemon wrote, for a failing test. */
  log(): string;
  stop(): Promise<void>;
}

export interface ReferenceOptions {
  readonly dir: string;
  readonly tools: PhoneTools;
  /** What scripts/reference-adbd fetched: root/ and loopback-shim.so. */
  readonly adbd: string;
  readonly imageDir?: string;
}

export async function startReferencePhone(options: ReferenceOptions): Promise<ReferencePhone> {
  const { dir, adbd, tools } = options;
  const image = await makeImage(options.imageDir ?? join(dirname(dir), 'images'), tools);
  const scope = new Scope('reference phone');
  scope.add(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  const owner = process.getuid?.() === 0 ? { uid: HOST_UID, gid: HOST_UID } : undefined;
  await prepareFolder(dir, profiles.flagship, owner);
  const libraries = [...(tools.libraries ?? []), adbd];
  // LD_PRELOAD takes no path with a space, and the cache may lie below one.
  const shim = '/data/local/tmp/loopback-shim.so';
  await copyFile(join(adbd, 'loopback-shim.so'), join(dir, shim));
  const walls = await buildNamespaces({ dir, image, tools: { ...tools, libraries }, shared: [] });
  scope.add(() => walls.close());
  const identity = {
    name: 'reference',
    serial: basename(dir),
    abi: abiOf(process.arch),
    isolation: walls.kind,
  };
  const state = new PhoneState(profiles.flagship, identity, systemClock);
  const services = systemServices({ state, files: new RootedFiles(walls.root) });
  const calls = await serveCalls(join(dir, 'run/services'), services, silentLogger);
  scope.add(() => calls.close());
  const port = await freePort(systemRandom);
  const lib = join(adbd, 'root/usr/lib/x86_64-linux-gnu');
  const daemon = walls.run(
    `LD_PRELOAD=${shim} REFERENCE_PORT=${port} exec '${lib}/ld-linux-x86-64.so.2' ` +
      `--library-path '${lib}:${lib}/android' '${adbd}/root/usr/lib/android-sdk/platform-tools/adbd'`,
    { merge: true },
  );
  let said = '';
  const started = new Promise<void>((resolve, reject) => {
    daemon.stdout.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-20_000);
      if (said.includes('adbd started')) resolve();
    });
    void daemon.exit.then((code) => reject(new Error(`the reference adbd ended with ${code}: ${said}`)));
  });
  await started;
  return {
    adbAddress: `127.0.0.1:${port}`,
    log: () => said,
    stop: () => scope.close(),
  };
}
