// What stands beside our sandbox: plain starts of the same program, and other sandboxes that are on this machine.

import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { PeerCommand } from '#agent/sandbox-bench';

export interface Peers {
  readonly commands: readonly PeerCommand[];
  /** Which were looked for and are not there. */
  readonly notes: readonly string[];
}

export interface PeerPlaces {
  /** Absolute paths: sandbox-probe and the same program linked dynamically. */
  readonly probe: string;
  readonly dynamicProbe: string;
  /** Node.js as a service gets it, without the sandbox. */
  readonly node: string;
  /** Programs that give their input back: a script, a jar. */
  readonly script: string;
  readonly jar: string;
  readonly java: string | undefined;
  find(name: 'bwrap' | 'firejail' | 'unshare' | 'python3'): string | undefined;
}

const PYTHON_ECHO = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())';

export function peersOf(places: PeerPlaces): Peers {
  const { probe, dynamicProbe, node, script } = places;
  const native = (name: string, ...command: [string, ...string[]]): PeerCommand => ({
    name,
    runtime: 'native',
    command,
  });
  const commands: PeerCommand[] = [
    native('fork+exec', probe),
    native('fork+exec dynamic', dynamicProbe),
    { name: 'plain Node.js', runtime: 'nodejs', command: [node, script] },
  ];
  const { java, jar } = places;
  if (java) commands.push({ name: 'plain Java', runtime: 'jvm', command: [java, '-cp', jar, 'Probe'] });
  const python = places.find('python3');
  if (python)
    commands.push({ name: 'plain Python', runtime: 'python', command: [python, '-c', PYTHON_ECHO] });
  const bwrap = places.find('bwrap');
  const unshare = places.find('unshare');
  const firejail = places.find('firejail');
  if (bwrap)
    commands.push(
      native(
        'bubblewrap',
        bwrap,
        ...['--unshare-all', '--die-with-parent', '--cap-drop', 'ALL'],
        ...['--ro-bind', dirname(probe), '/p', '/p/sandbox-probe'],
      ),
    );
  if (unshare) commands.push(native('unshare', unshare, '-Urpfmin', probe));
  if (firejail)
    commands.push(native('firejail', firejail, '--quiet', '--noprofile', '--net=none', '--seccomp', probe));
  const notes = [
    ...(bwrap ? [] : ['bubblewrap (bwrap) is not installed: not measured']),
    ...(unshare ? [] : ['unshare is not installed: not measured']),
    ...(firejail ? [] : ['firejail is not installed: not measured']),
  ];
  return { commands, notes };
}

/** Absolute path of a program on PATH, or undefined. */
export function onPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
