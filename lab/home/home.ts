// The home folder of one lab host: where its state lives, who it belongs to now, and how clients find it.

import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import envPaths from 'env-paths';
import { AbhayaError } from '#base';
import { HostFile, jsonParserOf } from '#schemas';
import { processStartTime } from './process-identity.ts';

const parseHostFile = jsonParserOf(HostFile, 'host.json', { maxBytes: 16_384, code: 'host.unreachable' });

export interface Home {
  readonly dir: string;
  readonly hostFile: string;
  readonly tokenFile: string;
  readonly lockFile: string;
  /** Things of one run: removed when it ends, or by the next start. */
  readonly runDir: string;
  readonly logFile: string;
  readonly historyFile: string;
}

/** ABHAYA_HOME, or the platform's data folder. */
export function homeOf(environment: NodeJS.ProcessEnv, override?: string): Home {
  const dir = path.resolve(
    override ?? environment.ABHAYA_HOME ?? envPaths('abhaya-lab', { suffix: '' }).data,
  );
  return {
    dir,
    hostFile: path.join(dir, 'host.json'),
    tokenFile: path.join(dir, 'token'),
    lockFile: path.join(dir, 'host.lock'),
    runDir: path.join(dir, 'run'),
    logFile: path.join(dir, 'log', 'lab-host.log'),
    historyFile: path.join(dir, 'history.db'),
  };
}

/** What a running lab host wrote about itself; undefined when none runs. */
export async function readRunningHost(home: Home): Promise<{ host: HostFile; token: string } | undefined> {
  const [text, token] = await Promise.all([
    readFile(home.hostFile).catch(() => undefined),
    readFile(home.tokenFile, 'utf8').catch(() => undefined),
  ]);
  if (!text || !token) return undefined;
  const host = parseHostFile(text);
  return (await isAlive(host.pid)) ? { host, token: token.trim() } : undefined;
}

/** The token of this home, made once, readable by its owner only. */
export async function ensureToken(home: Home): Promise<string> {
  await mkdir(home.dir, { recursive: true, mode: 0o700 });
  await createWhole(home.tokenFile, randomBytes(32).toString('hex'));
  return (await readFile(home.tokenFile, 'utf8')).trim();
}

export async function writeHostFile(home: Home, host: HostFile): Promise<void> {
  const partial = `${home.hostFile}.${process.pid}`;
  await writeFile(partial, JSON.stringify(host), { mode: 0o600 });
  await rename(partial, home.hostFile);
}

export interface HomeLock {
  release(): Promise<void>;
}

/** One lab host per home: throws `host.already-running`. A dead owner's lock is taken over. */
export async function lockHome(home: Home): Promise<HomeLock> {
  await mkdir(home.dir, { recursive: true, mode: 0o700 });
  const mine = `${process.pid} ${await processStartTime(process.pid)}`;
  for (let tries = 0; tries < 5; tries += 1) {
    if (await createWhole(home.lockFile, mine)) {
      return { release: () => rm(home.lockFile, { force: true }) };
    }
    const owner = await readFile(home.lockFile, 'utf8').catch(() => '');
    const [pid = '', startTime = ''] = owner.split(' ');
    if (pid && startTime && (await processStartTime(Number(pid))) === startTime) {
      throw new AbhayaError('host.already-running', `a lab host already runs for ${home.dir} (pid ${pid})`, {
        details: { pid: Number(pid) },
      });
    }
    // Renaming first makes sure that only one of several starters removes the dead owner's lock.
    const stale = `${home.lockFile}.stale-${process.pid}`;
    await rename(home.lockFile, stale).catch(() => undefined);
    await rm(stale, { force: true });
  }
  throw new AbhayaError('conflict', `can't lock ${home.dir}`);
}

/** Makes the file with its content in one step, 0600: nobody ever reads a part of it. False: it was there before. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const written = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(written, content, { mode: 0o600 });
  try {
    await link(written, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(written, { force: true });
  }
}

/** A process that has ended but that nobody has waited for is not alive. */
export const isAlive = async (pid: number): Promise<boolean> => (await processStartTime(pid)) !== '';
