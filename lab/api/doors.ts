// The doors of the API (DESIGN, Trust): Host, Origin and token are checked before anything is read.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AbhayaError } from '#base';

/** WebSocket clients that can't set headers (browsers) carry the token as a subprotocol; it never stands in a URL. */
export const TOKEN_PROTOCOL_PREFIX = 'abhaya.token.';
export const EVENTS_PROTOCOL = 'abhaya.events.v1';

export interface Doors {
  /** Throws `auth.refused` for a foreign Host or Origin. */
  checkSite(headers: IncomingHttpHeaders): void;
  /** Throws `auth.missing` or `auth.refused`. */
  checkToken(headers: IncomingHttpHeaders): void;
}

export function createDoors(options: {
  token: string;
  port: () => number;
  allowedOrigins?: readonly string[];
}): Doors {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(options.token);
  const hosts = () => ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${options.port()}`);

  return {
    checkSite(headers) {
      // A DNS name that someone pointed at this machine shows in Host: refused, whatever the token.
      if (!headers.host || !hosts().includes(headers.host.toLowerCase())) {
        throw new AbhayaError('auth.refused', `the host ${headers.host ?? '(none)'} is not this lab host`);
      }
      const { origin } = headers;
      if (origin === undefined) return; // not a browser
      const own = hosts().map((host) => `http://${host}`);
      if (![...own, ...(options.allowedOrigins ?? [])].includes(origin)) {
        throw new AbhayaError('auth.refused', `pages of ${origin} may not use this lab host`);
      }
    },
    checkToken(headers) {
      const token = tokenOf(headers);
      if (token === undefined) {
        throw new AbhayaError(
          'auth.missing',
          'a token is needed: Authorization: Bearer <token file in the home folder>',
        );
      }
      if (!timingSafeEqual(digest(token), expected))
        throw new AbhayaError('auth.refused', 'the token is wrong');
    },
  };
}

function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const [scheme, bearer] = (headers.authorization ?? '').split(' ');
  if (scheme === 'Bearer' && bearer) return bearer;
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(TOKEN_PROTOCOL_PREFIX))
    ?.slice(TOKEN_PROTOCOL_PREFIX.length);
}
