// Name and version of an APK, by the library that adbkit's makers keep for it.

import { AbhayaError } from '#base';

export interface ApkFacts {
  readonly name: string;
  readonly versionCode: number;
}

/** Throws `package.malformed` when the file is no APK. */
export async function readApk(path: string): Promise<ApkFacts> {
  const { default: library } = await import('@devicefarmer/adbkit-apkreader');
  try {
    const manifest = await (await library.open(path)).readManifest();
    const { package: name, versionCode } = manifest;
    if (typeof name !== 'string' || !/^[a-zA-Z]\w*(\.[a-zA-Z]\w*)+$/.test(name) || name.length > 200) {
      throw new Error('no package name');
    }
    return { name, versionCode: typeof versionCode === 'number' ? versionCode : 0 };
  } catch (cause) {
    throw new AbhayaError('package.malformed', `not an APK: ${(cause as Error).message}`, { cause });
  }
}
