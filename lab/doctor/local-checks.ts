// What this machine can do for the lab, each with its fix. Looks only: nothing is installed or changed.

import { execFile } from 'node:child_process';
import { access, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { toErrorShape } from '#base';
import { loadToolchain, type Toolchain, type ToolName } from '#lab/toolchain';
import type { DoctorCheck } from '#schemas';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;
const MIN_FREE_BYTES = 2 * 1024 ** 3;
const SETUP = 'type: npm run setup';

/** All checks; a check that fails says what to do. */
export async function localChecks(): Promise<DoctorCheck[]> {
  let toolchain: Toolchain;
  try {
    toolchain = loadToolchain();
  } catch (error) {
    return [{ name: 'set-up', ok: false, found: toErrorShape(error).message, fix: SETUP }];
  }
  return Promise.all([
    checkNode(toolchain),
    checkTool(toolchain, 'adb', ['version']),
    checkTool(toolchain, 'java', ['-version']),
    checkTool(toolchain, 'mksh', ['-c', 'echo $KSH_VERSION']),
    checkTool(toolchain, 'toybox', ['--version']),
    checkBuild(toolchain),
    checkNamespaces(),
    checkSeccomp(),
    checkDisk(toolchain),
  ]);
}

async function checkNode(toolchain: Toolchain): Promise<DoctorCheck> {
  return probe('pinned Node', toolchain.node, ['--version'], SETUP);
}

async function checkTool(
  toolchain: Toolchain,
  name: ToolName,
  args: readonly string[],
): Promise<DoctorCheck> {
  const file = toolchain.find(name);
  if (!file) return { name, ok: false, found: 'not found', fix: SETUP };
  return probe(name, file, args, SETUP);
}

async function probe(name: string, file: string, args: readonly string[], fix: string): Promise<DoctorCheck> {
  try {
    const { stdout, stderr } = await run(file, [...args], { timeout: TIMEOUT_MS });
    const [firstLine = ''] = `${stdout}${stderr}`.trim().split('\n');
    return { name, ok: true, found: `${firstLine} (${file})` };
  } catch (error) {
    return { name, ok: false, found: `${file}: ${(error as Error).message.split('\n')[0]}`, fix };
  }
}

async function checkBuild(toolchain: Toolchain): Promise<DoctorCheck> {
  const wanted = [
    ...['lab-host.mjs', 'agent.mjs', 'start.mjs', 'virtual-phone.mjs'],
    ...['shim/supervisor.jar', 'shim/supervisor.dex.jar'],
  ];
  const missing = [];
  for (const file of wanted) {
    const there = await access(path.join(toolchain.dist, file)).then(
      () => true,
      () => false,
    );
    if (!there) missing.push(file);
  }
  return missing.length === 0
    ? { name: 'build', ok: true, found: toolchain.dist }
    : { name: 'build', ok: false, found: `missing: ${missing.join(', ')}`, fix: 'type: npm run build' };
}

/** Virtual phones without them run in plain folders, and services in fewer layers. */
async function checkNamespaces(): Promise<DoctorCheck> {
  const name = 'user namespaces';
  if (process.platform !== 'linux') {
    return { name, ok: true, found: 'not on this system: virtual phones run plain and can not sandbox' };
  }
  try {
    await run('unshare', ['-Urmpf', '--mount-proc', 'true'], { timeout: TIMEOUT_MS });
    return { name, ok: true, found: 'allowed' };
  } catch (error) {
    return {
      name,
      ok: false,
      found: `refused: ${(error as Error).message.split('\n').at(-1) ?? ''}`,
      fix: 'Debian, older: sysctl kernel.unprivileged_userns_clone=1; Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0',
    };
  }
}

async function checkSeccomp(): Promise<DoctorCheck> {
  const name = 'seccomp user notification';
  const actions = await readFile('/proc/sys/kernel/seccomp/actions_avail', 'utf8').catch(() => '');
  return actions.includes('user_notif')
    ? { name, ok: true, found: actions.trim() }
    : {
        name,
        ok: false,
        found: actions.trim() || 'no seccomp',
        fix: 'the sandbox needs Linux 5.0 or newer with seccomp',
      };
}

async function checkDisk(toolchain: Toolchain): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(toolchain.projectRoot);
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return free >= MIN_FREE_BYTES
    ? { name: 'disk', ok: true, found }
    : { name: 'disk', ok: false, found, fix: 'free some space: a set-up and five phones need 2 GiB' };
}
