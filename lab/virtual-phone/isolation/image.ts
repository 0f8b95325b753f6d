// The read-only image that all phones of a lab host share: /system and /etc. Made once per set of tools.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { AbhayaError } from '#base';
import { phoneCommands } from '../services/commands.ts';
import type { PhoneTools } from '../tools.ts';

const IMAGE_VERSION = 1;
/** Applets that a phone's shell doesn't have, or that ours replace. */
const LEFT_OUT = new Set([
  'su',
  'login',
  'mkpasswd',
  'passwd',
  'ftpget',
  'ftpput',
  'httpd',
  'nbd-client',
  'nbd-server',
  'oneit',
  'openvt',
  'deallocvt',
  'chvt',
  'halt',
  'poweroff',
  'sh',
  'toysh',
]);

/** Folders of /etc in which Debian keeps a JDK's settings. */
export const javaSettings = ['java', ...[8, 11, 17, 21, 25].map((version) => `java-${version}-openjdk`)];

/** Makes the image below `parent` unless it is there, and returns its folder. Two makers at once are fine. */
export async function makeImage(parent: string, tools: PhoneTools): Promise<string> {
  const sources = await Promise.all(
    [tools.shell, tools.toybox, tools.phoneCall].map(async (path) => {
      const { size, mtimeMs } = await stat(path);
      return [path, size, mtimeMs];
    }),
  );
  const id = createHash('sha256')
    .update(JSON.stringify([IMAGE_VERSION, phoneCommands, sources]))
    .digest('hex');
  const image = join(parent, `image-${id.slice(0, 16)}`);
  if (await stat(join(image, 'system')).catch(() => undefined)) return image;
  await mkdir(dirname(image), { recursive: true });
  const unfinished = await mkdtemp(`${image}.new-`);
  try {
    await fill(unfinished, tools);
    await rename(unfinished, image);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    const won = await stat(join(image, 'system')).catch(() => undefined);
    if (!won) throw new AbhayaError('host.setup', 'the phone image can not be made', { cause });
  }
  return image;
}

async function fill(image: string, tools: PhoneTools): Promise<void> {
  const bin = join(image, 'system/bin');
  const etc = join(image, 'etc');
  await chmod(image, 0o755);
  await mkdir(bin, { recursive: true });
  await mkdir(join(etc, 'ssl/certs'), { recursive: true });
  await program(tools.shell, join(bin, 'sh'));
  await program(tools.toybox, join(bin, 'toybox'));
  await program(tools.phoneCall, join(bin, 'phone-call'));
  const { stdout } = await promisify(execFile)(tools.toybox, []);
  const applets = stdout.split(/\s+/).filter((name) => /^[\w.-]+$/.test(name) && !LEFT_OUT.has(name));
  const ours = new Set<string>(phoneCommands);
  await Promise.all(
    applets.filter((name) => !ours.has(name)).map((name) => symlink('toybox', join(bin, name))),
  );
  await Promise.all(phoneCommands.map((name) => symlink('phone-call', join(bin, name))));
  await writeFile(
    join(etc, 'passwd'),
    'root:x:0:0:root:/:/system/bin/sh\nshell:x:2000:2000:shell:/data/local/tmp:/system/bin/sh\n',
  );
  await writeFile(join(etc, 'group'), 'root:x:0:\nshell:x:2000:\n');
  await writeFile(join(etc, 'hosts'), '127.0.0.1 localhost\n::1 ip6-localhost\n');
  await writeFile(join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
  await writeFile(join(etc, 'ld.so.cache'), '');
  // Places that binds may cover: a read-only image can't grow them later.
  for (const name of javaSettings) await mkdir(join(etc, name), { recursive: true });
}

async function program(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}
