// Walls where namespaces are refused: none. The phone is a folder; paths that commands name are rewritten to it.
// Honest about it (ro.abhaya.isolation=plain): this separates tidy programs, it stops no hostile one.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PhoneTools } from '../tools.ts';
import { enter } from './command.ts';
import { type CommandOptions, type RunningCommand, shellEnvironment, type Walls } from './walls.ts';

const MARK = 'ABHAYA_PHONE_MARK';

export interface PlainOptions {
  readonly dir: string;
  readonly image: string;
  readonly tools: PhoneTools;
  /** Unique among running phones: finds the phone's processes when it ends. */
  readonly mark: string;
}

export async function buildPlain({ dir, image, tools, mark }: PlainOptions): Promise<Walls> {
  // Commands hold the path as plain text, so it must be one word: a link without spaces stands for the folder.
  const links = await mkdtemp(join(tmpdir(), 'abhaya-phone-'));
  const root = join(links, 'r');
  await symlink(dir, root);
  await symlink(join(image, 'system'), join(dir, 'system')).catch(() => {});
  const env = {
    ...shellEnvironment({ [MARK]: mark, ABHAYA_PHONE_ROOT: root, ABHAYA_PHONE_SOCKETS: join(dir, 'run') }),
    HOME: `${root}/data/local/tmp`,
    TMPDIR: `${root}/data/local/tmp`,
    PATH: `${root}/system/bin`,
    SHELL: `${root}/system/bin/sh`,
    ANDROID_DATA: `${root}/data`,
    EXTERNAL_STORAGE: `${root}/sdcard`,
    // A pushed runtime's loader lies at an absolute path of a phone, which isn't there: the host's programs serve.
    ABHAYA_NODE: tools.node,
    // The host's /proc would tell of the host: the phone's own memory and processors lie here.
    ABHAYA_PROC: join(dir, 'run'),
    ...(tools.jvm ? { ABHAYA_JVM: tools.jvm } : {}),
  };
  const shell = join(image, 'system/bin/sh');
  const running = new Set<RunningCommand>();
  const run = (command: string, options?: CommandOptions): RunningCommand => {
    const argv = command === '' ? [shell, '-'] : [shell, '-c', rewritePaths(command, root)];
    const started = enter(argv, { phoneInit: tools.phoneInit, namespaces: [], env, cwd: root }, options);
    running.add(started);
    void started.exit.then(() => running.delete(started));
    return started;
  };
  return {
    kind: 'plain',
    root: dir,
    owner: undefined,
    run,
    died: new Promise(() => {}),
    async close() {
      for (const command of running) command.hangUp();
      killMarked(mark);
      await rm(links, { recursive: true, force: true });
    },
  };
}

/** /data, /sdcard and /system at the start of a word become the phone's folder. Pure; exported for its test. */
export function rewritePaths(command: string, root: string): string {
  return command.replace(/(^|[\s"'=:;|&<>(`,])\/(data|sdcard|system)(?=$|[/\s"';|&<>)`,:])/g, `$1${root}/$2`);
}

/** Ends what the phone's commands left running, found by the mark in its environment. Linux only. */
function killMarked(mark: string): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (readFileSync(`/proc/${name}/environ`, 'latin1').split('\0').includes(`${MARK}=${mark}`)) {
        process.kill(Number(name), 'SIGKILL');
      }
    } catch {
      // ended meanwhile, or not ours
    }
  }
}
