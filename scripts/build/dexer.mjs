// Which program makes dex files: d8 of an Android SDK where one is installed, else dalvik-dx, which Maven fetches.

import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Newest first; a preview (`35.0.0-rc1`) comes after its release. */
function byVersion(a, b) {
  const [left, right] = [a, b].map((name) => name.split(/[.-]/).map((part) => Number.parseInt(part, 10)));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of the newest d8 that ANDROID_HOME or, without that, ANDROID_SDK_ROOT has; undefined: dalvik-dx it is. */
export function findD8(env) {
  const home = env.ANDROID_HOME || env.ANDROID_SDK_ROOT;
  const folder = home && join(home, 'build-tools');
  if (!folder || !existsSync(folder)) return undefined;
  const versions = readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .sort(byVersion);
  return versions.map((version) => join(folder, version, 'd8')).find(isProgram);
}

/** For Maven: the poms take d8 where they are told of one. */
export function dexerFlags(env) {
  const d8 = findD8(env);
  return d8 === undefined ? [] : [`-Dandroid.d8=${d8}`];
}

/** For a step's key: another dexer makes other bytes. */
export const dexerKey = (env) => findD8(env) ?? 'dalvik-dx';
