// `pm` and `cmd package`: installing keeps the APK under /data/app and lists it. Nothing of it is run: there is no
// Android runtime here. Owns no state: packages live in PhoneState.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { AbhayaError } from '#base';
import type { RootedFiles } from '../isolation/rooted-files.ts';
import { readApk } from './apk.ts';
import type { Call, Service } from './call.ts';
import type { InstalledPackage, PhoneState } from './phone-state.ts';

const MAX_APK_BYTES = 2 * 1024 ** 3;

export interface PackageContext {
  readonly state: PhoneState;
  readonly files: RootedFiles;
}

/** argv[0] is `pm` or `package`. */
export const packagesOf =
  ({ state, files }: PackageContext): Service =>
  async (call) => {
    const [, verb, ...args] = call.argv;
    switch (verb) {
      case 'install':
        return install(call, args, state, files);
      case 'uninstall':
        return uninstall(call, args, state, files);
      case 'list':
        return list(call, args, state);
      case 'path': {
        const found = state.packages.get(args.at(-1) ?? '');
        if (found) await call.out(`package:${found.path}\n`);
        return found ? 0 : 1;
      }
      default:
        await call.err(`Unknown command: ${verb ?? ''}\n`);
        return 255;
    }
  };

async function list(call: Call, args: readonly string[], state: PhoneState): Promise<number> {
  if (args[0] !== 'packages') {
    await call.err(`Error: unknown list type '${args[0] ?? ''}'\n`);
    return 255;
  }
  const withFile = args.includes('-f');
  const filter = args.slice(1).find((arg) => !arg.startsWith('-')) ?? '';
  const lines = [...state.packages.values()]
    .filter(({ name }) => name.includes(filter))
    .map(({ name, path }) => `package:${withFile ? `${path}=` : ''}${name}\n`);
  await call.out(lines.join(''));
  return 0;
}

async function install(
  call: Call,
  args: readonly string[],
  state: PhoneState,
  files: RootedFiles,
): Promise<number> {
  const sizeAt = args.indexOf('-S');
  const size = sizeAt < 0 ? undefined : Number(args[sizeAt + 1]);
  const path = args
    .filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '-S' && args[i - 1] !== '--user')
    .at(-1);
  if (size !== undefined ? !(size > 0 && size <= MAX_APK_BYTES) : path === undefined) {
    await call.err('Error: either a path or -S SIZE is needed\n');
    return 1;
  }
  const staging = `/data/app/vmdl-${randomUUID()}.tmp`;
  try {
    const bytes = size === undefined ? readPhoneFile(files, path as string) : exactly(call.input(), size);
    await files.with(staging, {}, (place) => store(place, bytes));
    const { packageName: name, versionCode } = await files.with(staging, {}, readApk);
    const before = state.packages.get(name);
    if (before) judgeUpdate(before, versionCode, args);
    const folder = `/data/app/${name}-1`;
    await files.with(folder, {}, (place) => mkdir(place, { recursive: true, mode: 0o755 }));
    await files.with(staging, {}, (from) => files.with(`${folder}/base.apk`, {}, (to) => rename(from, to)));
    state.packages.set(name, { name, versionCode, path: `${folder}/base.apk` });
    state.log.write('I', 'PackageManager', `installed ${name} ${versionCode}`);
    await call.out('Success\n');
    return 0;
  } catch (error) {
    await files.with(staging, {}, (place) => unlink(place)).catch(() => {});
    // Android prints failures on standard output too.
    await call.out(`Failure [${failureOf(error)}: ${oneLine((error as Error).message)}]\n`);
    return 1;
  }
}

class Refused extends Error {
  readonly failure: string;
  constructor(failure: string, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** Since Android 10 an app is replaced without `-r`; `-R` forbids it, `-d` allows an older version. */
function judgeUpdate(before: InstalledPackage, versionCode: number, args: readonly string[]): void {
  if (args.includes('-R'))
    throw new Refused('INSTALL_FAILED_ALREADY_EXISTS', `${before.name} is there, and -R was given`);
  if (versionCode < before.versionCode && !args.includes('-d'))
    throw new Refused(
      'INSTALL_FAILED_VERSION_DOWNGRADE',
      `Downgrade detected: Update version code ${versionCode} is older than current ${before.versionCode}`,
    );
}

/** A library's message may quote the file. */
const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);

/** Android's word for what is wrong (PackageManager.INSTALL_*). */
function failureOf(error: unknown): string {
  if (error instanceof Refused) return error.failure;
  if (!(error instanceof AbhayaError)) return 'INSTALL_FAILED_INTERNAL_ERROR';
  switch (error.code) {
    case 'input.invalid':
    case 'input.too-large':
      return 'INSTALL_FAILED_INVALID_APK';
    case 'package.bad-name':
      return 'INSTALL_PARSE_FAILED_BAD_PACKAGE_NAME';
    case 'package.manifest-invalid':
      return 'INSTALL_PARSE_FAILED_MANIFEST_MALFORMED';
    case 'package.missing-file':
    case 'package.too-large':
      return 'INSTALL_PARSE_FAILED_BAD_MANIFEST';
    default:
      return 'INSTALL_PARSE_FAILED_NOT_APK';
  }
}

async function uninstall(
  call: Call,
  args: readonly string[],
  state: PhoneState,
  files: RootedFiles,
): Promise<number> {
  const name = args.filter((arg, i) => !arg.startsWith('-') && args[i - 1] !== '--user').at(0) ?? '';
  const found = state.packages.get(name);
  if (!found) {
    await call.out('Failure [DELETE_FAILED_INTERNAL_ERROR]\n');
    return 1;
  }
  state.packages.delete(name);
  await files.with(found.path, {}, (place) => unlink(place)).catch(() => {});
  await files.with(found.path.replace(/\/base\.apk$/, ''), {}, (place) =>
    rm(place, { recursive: true, force: true }),
  );
  await call.out('Success\n');
  return 0;
}

async function store(place: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file: FileHandle = await open(place, flags, 0o644);
  try {
    let total = 0;
    for await (const chunk of bytes) {
      total += chunk.length;
      if (total > MAX_APK_BYTES) throw new AbhayaError('input.too-large', 'the APK is too large');
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
}

async function* exactly(input: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const chunk of input) {
    yield chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
    if (left === 0) return;
  }
  throw new AbhayaError('input.invalid', `the APK ended ${left} bytes early`);
}

async function* readPhoneFile(files: RootedFiles, path: string): AsyncGenerator<Uint8Array> {
  const place = files.place(path, { follow: true });
  try {
    const file = await open(place.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) throw new AbhayaError('input.invalid', 'not a regular file');
      for await (const chunk of file.createReadStream({ autoClose: false })) yield chunk as Buffer;
    } finally {
      await file.close();
    }
  } finally {
    place.close();
  }
}
