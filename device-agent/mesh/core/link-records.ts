// The packed form of a node's neighbour list in its originator messages (19 bytes per link).

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { LINK_RECORD_BYTES, MAX_LINKS } from '#schemas';
import type { NodeId } from '../port.ts';

/** 128 bits of an id tell nodes apart; nobody can make a second key with the same ones. */
export const PREFIX_HEX = 32;

export interface LinkRecord {
  /** First 16 bytes of the neighbour's id, hex. */
  readonly prefix: string;
  /** 0..100 */
  readonly quality: number;
  readonly rttMs: number | undefined;
}

export const prefixOf = (id: NodeId): string => id.slice(0, PREFIX_HEX);

export function packLinks(
  links: readonly { readonly peer: NodeId; readonly quality: number; readonly rtt: number }[],
): Uint8Array {
  const sorted = [...links].sort((a, b) => (a.peer < b.peer ? -1 : 1)).slice(0, MAX_LINKS);
  const out = new Uint8Array(sorted.length * LINK_RECORD_BYTES);
  sorted.forEach((link, index) => {
    const at = index * LINK_RECORD_BYTES;
    out.set(hexToBytes(prefixOf(link.peer)), at);
    out[at + 16] = link.quality;
    out[at + 17] = link.rtt >> 8;
    out[at + 18] = link.rtt & 0xff;
  });
  return out;
}

/** Undefined when the bytes are no list of records in ascending order. */
export function unpackLinks(bytes: Uint8Array): Map<string, LinkRecord> | undefined {
  if (bytes.length % LINK_RECORD_BYTES !== 0) return undefined;
  const links = new Map<string, LinkRecord>();
  let last = '';
  for (let at = 0; at < bytes.length; at += LINK_RECORD_BYTES) {
    const prefix = bytesToHex(bytes.subarray(at, at + 16));
    const quality = bytes[at + 16] ?? 0;
    const rtt = ((bytes[at + 17] ?? 0) << 8) | (bytes[at + 18] ?? 0);
    if (prefix <= last || quality > 100) return undefined;
    last = prefix;
    links.set(prefix, { prefix, quality, rttMs: rtt === 65_535 ? undefined : rtt });
  }
  return links;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Whether two lists name the same neighbours with about the same quality: round trips and small changes waver. */
export function sameLinks(
  a: ReadonlyMap<string, LinkRecord>,
  b: ReadonlyMap<string, LinkRecord>,
  qualityStep: number,
): boolean {
  if (a.size !== b.size) return false;
  for (const { prefix, quality } of a.values()) {
    const other = b.get(prefix);
    if (!other || Math.abs(other.quality - quality) >= qualityStep) return false;
  }
  return true;
}
