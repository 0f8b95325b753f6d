// Walls made of Linux namespaces by phone-init, without root. Owns phone-init's boot process and the descriptors
// of its namespaces.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, lstatSync, openSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AbhayaError, withTimeout } from '#base';
import type { PhoneTools } from '../tools.ts';
import { enter } from './command.ts';
import { javaSettings } from './image.ts';
import { shellEnvironment, type Walls } from './walls.ts';

/** The uid outside that phone processes get when the lab host runs as root: nobody's, and never root's. */
export const HOST_UID = 52_000;
const NAMESPACES = ['user', 'mnt', 'pid', 'ipc', 'uts'] as const;

export interface NamespaceOptions {
  /** The phone's folder: data/, sdcard/, run/, sys/ and the empty root/ exist. */
  readonly dir: string;
  /** The shared image: system/ and etc/. */
  readonly image: string;
  readonly tools: PhoneTools;
  /** Files of the data folder that other phones share: bound read-only over themselves. */
  readonly shared: readonly string[];
}

/** Throws `device.unsupported` when the kernel or the container refuses. */
export async function buildNamespaces(options: NamespaceOptions): Promise<Walls> {
  const { dir, tools } = options;
  const child = spawn(
    tools.phoneInit,
    ['boot', join(dir, 'root'), String(HOST_UID), ...mountPlan(options).flat()],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.on('error', () => {});
  const died = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(`phone-init ended (${signal ?? code})`));
    child.on('error', (error) => resolve(error.message));
  });
  let pid: number;
  try {
    pid = await withTimeout(readyPid(child, died), 10_000, 'starting the phone');
  } catch (cause) {
    child.kill('SIGKILL');
    throw new AbhayaError('device.unsupported', `namespaces are refused here: ${(cause as Error).message}`, {
      cause,
    });
  }
  const fds = NAMESPACES.map((name) => openSync(`/proc/${pid}/ns/${name}`, 'r'));
  const how = { phoneInit: tools.phoneInit, namespaces: fds, env: shellEnvironment() };
  const root = `/proc/${pid}/root`;
  let closed = false;
  return {
    kind: 'namespaces',
    root,
    owner: process.getuid?.() === 0 ? { uid: HOST_UID, gid: HOST_UID } : undefined,
    run: (command, commandOptions) =>
      enter(
        command === '' ? ['/system/bin/sh', '-'] : ['/system/bin/sh', '-c', command],
        how,
        commandOptions,
      ),
    died,
    async close() {
      if (!closed) {
        closed = true;
        for (const fd of fds) closeSync(fd);
        child.stdin.end();
        child.kill('SIGTERM'); // the watcher dies, and its death signal takes pid 1 and so everything inside
      }
      await died;
    },
  };
}

/** Resolves with init's pid, as this process sees it. */
async function readyPid(child: ChildProcess, died: Promise<string>): Promise<number> {
  let said = '';
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000);
  });
  const ready = new Promise<number>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(0, 100);
      const match = /^ready (\d+)\n/.exec(said);
      if (match) resolve(Number(match[1]));
    });
  });
  const failed = died.then((reason) => {
    throw new Error(complaints.trim() || reason);
  });
  return Promise.race([ready, failed]);
}

type Step = readonly ['ro' | 'rw' | 'link' | 'dir', string, string];

function mountPlan({ dir, image, tools, shared }: NamespaceOptions): Step[] {
  const steps: Step[] = [
    ['ro', join(image, 'system'), '/system'],
    ['ro', join(image, 'etc'), '/etc'],
    ['rw', join(dir, 'data'), '/data'],
    ['rw', join(dir, 'sdcard'), '/sdcard'],
    ['ro', join(dir, 'run'), '/dev/socket'],
    ['ro', join(dir, 'sys'), '/sys'],
    ['link', '/system/bin', '/bin'],
    ['link', '/sdcard', '/storage/self/primary'],
    // Tools that lie below the host's /tmp are bound there: it is then a folder of its own, and a phone has none.
    ...(tools.libraries?.some((path) => path.startsWith('/tmp/'))
      ? []
      : [['link', '/data/local/tmp', '/tmp'] as const]),
    ...hostLibraries(),
    ...(tools.libraries ?? []).map((path): Step => ['ro', path, path]),
    ...(tools.jvm ? jvmSteps(tools.jvm) : []),
    ...shared.map((path): Step => ['ro', join(dir, path), `/${path}`]),
  ];
  return steps;
}

/** What dynamic programs of the host need: libraries, the loader's cache, certificates, time zones. */
function hostLibraries(): Step[] {
  const steps: Step[] = [];
  for (const path of [
    '/usr/lib',
    '/usr/lib64',
    '/usr/share/zoneinfo',
    '/etc/ssl/certs',
    '/etc/ld.so.cache',
  ]) {
    if (exists(path)) steps.push(['ro', path, path]);
  }
  for (const path of ['/lib', '/lib64']) {
    const link = linkTarget(path);
    if (link) steps.push(['link', link.startsWith('/') ? link : `/${link}`, path]);
    else if (exists(path)) steps.push(['ro', path, path]);
  }
  return steps;
}

/** A distribution's JDK keeps its settings in /etc, behind links. */
function jvmSteps(home: string): Step[] {
  const steps: Step[] = [['ro', home, '/apex/jvm']];
  for (const name of javaSettings)
    if (exists(`/etc/${name}`)) steps.push(['ro', `/etc/${name}`, `/etc/${name}`]);
  return steps;
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

const linkTarget = (path: string): string | undefined =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;

/** Whether this kernel lets us make namespaces at all, as far as its settings tell; boot is the real test. */
export function namespacesForbidden(): string | undefined {
  if (process.platform !== 'linux') return `${process.platform} has no namespaces`;
  try {
    if (readFileSync('/proc/sys/user/max_user_namespaces', 'utf8').trim() === '0')
      return 'user.max_user_namespaces is 0';
  } catch {
    return 'this kernel has no user namespaces';
  }
  return undefined;
}
