// A ZIP archive of a Go module, from the proxies that GOPROXY names, as the go command would take it. A download that was
// cut goes on where it stopped; only bytes with the catalog's hash are unpacked.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { diskFull, SetupError, saysDiskFull } from './errors.mjs';

const publicProxy = 'https://proxy.golang.org';
const attempts = 3;
const stalledMs = 60_000;

/** Addresses in the order in which the go command asks them; `direct` would need a version control system. */
export function moduleProxies(env) {
  const named = (env.GOPROXY ?? '').split(/[,|]/).map((part) => part.trim());
  const proxies = named.filter((part) => /^https?:\/\//.test(part)).map((part) => part.replace(/\/+$/, ''));
  return proxies.length > 0 || named.includes('off') ? proxies : [publicProxy];
}

/**
 * The archive as a file at `path`.
 * @param {{module: string, version: string, sha256: string}} archive
 * @param {string} path  @param {{env: NodeJS.ProcessEnv, signal?: AbortSignal, log: any, stalledMs?: number}} ctx
 */
export async function fetchModule(archive, path, ctx) {
  const failures = [];
  mkdirSync(dirname(path), { recursive: true });
  for (const proxy of moduleProxies(ctx.env)) {
    const url = `${proxy}/${archive.module}/@v/${archive.version}.zip`;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        if ((await hashOf(path)) === archive.sha256) return;
        await goOn(url, path, ctx);
        if ((await hashOf(path)) === archive.sha256) return;
        rmSync(path, { force: true });
        failures.push(`${archive.version}.zip has another content than expected`);
      } catch (error) {
        ctx.signal?.throwIfAborted();
        if (saysDiskFull(String(error.code))) throw diskFull(path, error);
        failures.push(`${archive.version}.zip: ${error.cause?.message ?? error.message}`);
        if (error.final) break;
      }
    }
  }
  throw new SetupError(failures.at(-1) ?? 'GOPROXY names no proxy.', {
    hint: 'When you are online again, run: npm run setup',
  });
}

async function goOn(url, path, ctx) {
  const part = `${path}.part`;
  const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  // Bounded by progress, not by size: a slow line is not an error, a silent one is.
  const watch = new AbortController();
  const patience = () => setTimeout(() => watch.abort(new Error('no answer')), ctx.stalledMs ?? stalledMs);
  let timer = patience();
  const signal = AbortSignal.any([watch.signal, ...(ctx.signal ? [ctx.signal] : [])]);
  try {
    const response = await fetch(url, { signal, headers: have > 0 ? { range: `bytes=${have}-` } : {} });
    if (response.status === 416) {
      rmSync(part, { force: true });
      throw new Error('the part of an earlier download does not fit');
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw Object.assign(new Error(`the proxy answers ${response.status}`), {
        final: response.status < 500,
      });
    }
    const counted = new TransformStream({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = patience();
        controller.enqueue(chunk);
      },
    });
    const flags = response.status === 206 ? 'a' : 'w';
    await pipeline(Readable.fromWeb(response.body.pipeThrough(counted)), createWriteStream(part, { flags }), {
      signal,
    });
    renameSync(part, path);
  } finally {
    clearTimeout(timer);
  }
}

async function hashOf(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
