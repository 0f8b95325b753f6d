// app://abhaya: the window's own files, and the lab host's API below /api/v1. The token stays in this process; the
// window can reach nothing else (its policy allows connections to 'self' only).

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Protocol } from 'electron';
import { AbhayaError, httpStatusOf, toErrorShape } from '#base';
import { APP_ORIGIN } from '#schemas';

export interface ProtocolOptions {
  /** The folder of the built window. */
  readonly files: string;
  readonly target: () => { readonly apiUrl: string; readonly token: string } | undefined;
}

export const APP_SCHEME = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
} as const;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** What the window sends to the API, besides its body. */
const MAX_BODY_BYTES = 1024 * 1024;

export function serveApp(protocol: Protocol, options: ProtocolOptions): void {
  protocol.handle(APP_SCHEME.scheme, async (request) => {
    try {
      const url = new URL(request.url);
      if (url.host !== 'abhaya') throw new AbhayaError('not-found', 'there is no such page');
      // Chromium names the page that asks; nobody else's may.
      const from = request.headers.get('origin');
      if (from !== null && from !== APP_ORIGIN)
        throw new AbhayaError('auth.refused', `pages of ${from} may not use this app`);
      if (url.pathname.startsWith('/api/v1/')) return await passOn(request, url, options.target());
      return await file(options.files, url.pathname);
    } catch (error) {
      const shape = toErrorShape(error);
      return Response.json(shape, { status: httpStatusOf(shape.code) });
    }
  });
}

async function file(root: string, pathname: string): Promise<Response> {
  const name = pathname === '/' ? '/index.html' : decodeURIComponent(pathname);
  const full = path.join(root, path.posix.normalize(name));
  const type = types[path.extname(full)];
  if (!full.startsWith(root + path.sep) || type === undefined)
    throw new AbhayaError('not-found', 'there is no such file');
  let body: Buffer;
  try {
    body = await readFile(full);
  } catch (cause) {
    throw new AbhayaError('not-found', 'there is no such file', { cause });
  }
  const headers: Record<string, string> = {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  };
  if (path.extname(full) !== '.html') return new Response(new Uint8Array(body), { headers });
  // Styles are made while the window runs: they carry a word that is new with every load.
  const nonce = randomBytes(16).toString('base64');
  headers['content-security-policy'] = policy(nonce);
  return new Response(body.toString('utf8').replaceAll('%NONCE%', nonce), { headers });
}

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');

/** One call of the API, with our token. Ending the lab host is not the window's: the verb for it asks who started it. */
async function passOn(
  request: Request,
  url: URL,
  target: ReturnType<ProtocolOptions['target']>,
): Promise<Response> {
  if (!target) throw new AbhayaError('host.unreachable', 'no lab host is connected');
  if (url.pathname === '/api/v1/host/shutdown')
    throw new AbhayaError('auth.refused', 'the window may not do that');
  const body = request.body ? await bounded(request) : undefined;
  const type = request.headers.get('content-type');
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${target.apiUrl}${url.pathname}${url.search}`,
      {
        method: request.method,
        headers: {
          authorization: `Bearer ${target.token}`,
          ...(type && body ? { 'content-type': type } : {}),
        },
        signal: request.signal,
      },
      (response) => {
        const headers = {
          'content-type': response.headers['content-type'] ?? 'application/octet-stream',
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        };
        const status = response.statusCode ?? 502;
        const empty = status === 204 || status === 304;
        if (empty) response.resume();
        resolve(
          new Response(empty ? null : (Readable.toWeb(response) as ReadableStream<Uint8Array>), {
            status,
            headers,
          }),
        );
      },
    );
    outgoing.on('error', (cause) =>
      reject(
        new AbhayaError('host.unreachable', `the lab host does not answer: ${cause.message}`, { cause }),
      ),
    );
    outgoing.end(body);
  });
}

async function bounded(request: Request): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > MAX_BODY_BYTES)
      throw new AbhayaError('input.too-large', 'the request is too large; files go by their handles');
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
}
