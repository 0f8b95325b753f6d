// The pinned Node for a platform: from node_modules when it is this machine's, otherwise packed by npm and held to
// the lockfile's integrity hash, cached under <cache>/phone-node/.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asideOf, removeQuietly, replaceFolder } from '../setup/atomic.mjs';
import { SetupError, saysOffline } from '../setup/errors.mjs';
import { run } from '../setup/run.mjs';

/** Throws unless the bytes have the lockfile's `algorithm-base64` integrity. */
export function checkIntegrity(bytes, integrity, what) {
  const [, algorithm, wanted] = /^(sha512|sha384)-([A-Za-z0-9+/=]+)$/.exec(integrity ?? '') ?? [];
  if (algorithm === undefined) throw new SetupError(`package-lock.json has no integrity hash for ${what}.`);
  const found = createHash(algorithm).update(bytes).digest('base64');
  if (found !== wanted)
    throw new SetupError(`${what} is not what package-lock.json says (its hash differs); it was not used.`);
}

/** Absolute path of the platform's Node program. */
export async function nodeFor(ctx, platform) {
  const name = `node-${platform}`;
  const local = join(ctx.root, 'node_modules', name, 'bin', 'node');
  if (existsSync(local)) return local;
  const lock = JSON.parse(readFileSync(join(ctx.root, 'package-lock.json'), 'utf8'));
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) throw new SetupError(`package-lock.json has no ${name}.`);
  const folder = join(ctx.toolsDir, '..', 'phone-node', `${name}-${entry.version}`);
  const program = join(folder, 'package', 'bin', 'node');
  if (existsSync(program)) return program;
  const aside = asideOf(folder);
  try {
    mkdirSync(aside, { recursive: true });
    ctx.log.progress(`fetching ${name}@${entry.version}`);
    const packed = await run(
      'npm',
      ['pack', `${name}@${entry.version}`, '--loglevel=error', '--pack-destination', aside],
      {
        cwd: aside,
        env: ctx.env,
        signal: ctx.signal,
        timeoutMs: 10 * 60_000,
      },
    );
    if (packed.code !== 0) {
      const offline = packed.timedOut || saysOffline(packed.stderr);
      throw new SetupError(
        `${name}@${entry.version} can't be fetched${offline ? ': the npm registry can’t be reached' : ''}.`,
        {
          hint: offline
            ? 'When you are online again, repeat the command.'
            : `npm pack ${name}@${entry.version}`,
        },
      );
    }
    const archive = readdirSync(aside).find((file) => file.endsWith('.tgz'));
    if (archive === undefined) throw new SetupError(`npm packed no archive of ${name}.`);
    checkIntegrity(readFileSync(join(aside, archive)), entry.integrity, `${name}@${entry.version}`);
    const untar = await run('tar', ['-xzf', archive, 'package/bin/node'], {
      cwd: aside,
      signal: ctx.signal,
      timeoutMs: 60_000,
    });
    if (untar.code !== 0) throw new SetupError(`${archive} can't be unpacked: ${untar.stderr.trim()}`);
    removeQuietly(join(aside, archive));
    mkdirSync(join(folder, '..'), { recursive: true });
    replaceFolder(aside, folder);
  } finally {
    removeQuietly(aside);
  }
  return program;
}
