// Every kind has a golden sample, an exact limit, and a door that lets nothing else pass.
// After a deliberate change of the wire: UPDATE_GOLDEN=1 npx vitest run schemas/messages

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../cbor.ts';
import { parserOf } from '../validator.ts';
import { assertSize, createMessageDoor, type MessageKindName, messageKinds } from './kinds.ts';
import { headSamples, messageSamples, streamSamples } from './samples.ts';
import { STREAM_HEAD_BYTES, StreamHead, StreamHeader } from './streams.ts';

const golden = join(import.meta.dirname, '..', 'golden', 'messages');
const samples: Record<string, unknown> = { ...messageSamples, ...streamSamples, ...headSamples };
const kinds = Object.keys(messageKinds) as MessageKindName[];

describe('golden samples', () => {
  it.each(Object.entries(samples))('%s has just these bytes', (name, sample) => {
    const path = join(golden, `${name}.cbor`);
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(golden, { recursive: true });
      writeFileSync(path, encodeCbor(sample));
    }
    const bytes = Uint8Array.from(readFileSync(path));
    expect(Buffer.from(encodeCbor(sample)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    expect(decodeCbor(bytes, 65_536)).toEqual(sample);
  });

  it('there are no others', () => {
    expect(readdirSync(golden).sort()).toEqual(
      Object.keys(samples)
        .map((name) => `${name}.cbor`)
        .sort(),
    );
  });
});

describe('the door', () => {
  const door = createMessageDoor();

  it.each(kinds)('lets a good %s pass', (kind) => {
    expect(door.read(kind, messageSamples[kind])).toEqual({ kind, body: messageSamples[kind] });
  });

  it('leaves kinds of other rooms alone', () => {
    expect(door.read('storage_put', {})).toBeUndefined();
    expect(door.read('constructor', {})).toBeUndefined();
  });

  // Every field of every sample, one at a time: missing, of a wrong type, and beside an unknown one.
  const optional = new Set([
    'packageId',
    'versionRange',
    'report',
    'receipt',
    'requesterSignature',
    'inline',
    'exitCode',
    'errnoHits',
  ]);
  it.each(kinds)('refuses a %s with any field changed', (kind) => {
    const body = messageSamples[kind] as Record<string, unknown>;
    const refused = expect.objectContaining({ code: 'wire.malformed' });
    for (const field of Object.keys(body)) {
      const { [field]: _, ...without } = body;
      if (kind !== 'receipt' && optional.has(field)) expect(door.read(kind, without)).toBeDefined();
      else expect(() => door.read(kind, without), `without ${field}`).toThrow(refused);
      for (const wrong of [null, -1, 1.5, [], {}, 'é', new Uint8Array(3), Number.MAX_VALUE])
        if (!sameType(wrong, body[field]))
          expect(() => door.read(kind, { ...body, [field]: wrong }), `${field}: ${wrong}`).toThrow(refused);
    }
    expect(() => door.read(kind, { ...body, surprise: 1 })).toThrow(refused);
    for (const other of [null, [], 'text', 7, new Uint8Array(9)])
      expect(() => door.read(kind, other)).toThrow(refused);
  });

  const sameType = (a: unknown, b: unknown): boolean =>
    Array.isArray(a) ? Array.isArray(b) : typeof a === typeof b && !(a instanceof Uint8Array) && a !== null;

  it('refuses what is larger than its kind may be', () => {
    const { receipt: _, ...body } = messageSamples.task_result;
    const inline = new Uint8Array(32_768);
    const output = { name: 'a', mediaType: 'text/plain', bytes: 1, sha256: body.resultSha256, inline };
    const large = { ...body, outputs: [output, { ...output, name: 'b' }] };
    expect(() => door.read('task_result', large)).toThrow(
      expect.objectContaining({ code: 'wire.too-large' }),
    );
  });

  it('fits into a datagram of the mesh, with room for its kind', () => {
    for (const kind of kinds) {
      expect(messageKinds[kind].maxBytes).toBeLessThanOrEqual(47_104);
      assertSize(kind, messageSamples[kind]);
    }
    // These are broadcast: 16 KiB with header and signature.
    expect(messageKinds.service_query.maxBytes).toBeLessThan(16_000);
    expect(messageKinds.task_request.maxBytes).toBeLessThan(16_000);
  });
});

describe('streams', () => {
  it('headers and heads are read, others refused', () => {
    const header = parserOf(StreamHeader, 'header');
    const head = parserOf(StreamHead, 'head');
    for (const sample of Object.values(streamSamples)) {
      expect(header(sample)).toEqual(sample);
      expect(header.check({ ...sample, offset: -1 })).toBe(false);
      expect(header.check({ ...sample, more: 1 })).toBe(false);
      expect(encodeCbor(sample).length).toBeLessThan(4096);
    }
    for (const sample of Object.values(headSamples)) {
      expect(head(sample)).toEqual(sample);
      expect(head.check({ ...sample, bytes: -1 })).toBe(false);
      expect(encodeCbor(sample).length).toBeLessThan(STREAM_HEAD_BYTES);
    }
  });
});
