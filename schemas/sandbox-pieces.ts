// Pieces of a job's files on the wire between agent and supervisor, beside its JSON frames: a first byte that no JSON
// begins with, then the job's name and the bytes. Golden samples: schemas/golden/supervisor/pieces.json.

import { AbhayaError } from '#base';

/** Bytes of one piece, at most. */
export const SANDBOX_PIECE_MAX_BYTES = 16_000;

export const carriedFiles = { program: 1, input: 2 } as const;
export type CarriedFile = keyof typeof carriedFiles;

const TO_SUPERVISOR = 1;
const TO_AGENT = 2;
const OFFSET_BYTES = 8;
const JOB_ID = /^[A-Za-z0-9._:-]{1,128}$/;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A piece of program or input, from `offset` of the file on. */
export function encodePiece(jobId: string, file: CarriedFile, offset: number, bytes: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(jobId);
  const start = 3 + name.length + OFFSET_BYTES;
  const piece = new Uint8Array(start + bytes.length);
  piece.set([TO_SUPERVISOR, carriedFiles[file], name.length]);
  piece.set(name, 3);
  viewOf(piece).setBigUint64(3 + name.length, BigInt(offset));
  piece.set(bytes, start);
  return piece;
}

export interface OutputPiece {
  readonly jobId: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export const isOutputPiece = (payload: Uint8Array): boolean => payload[0] === TO_AGENT;

/** Throws `wire.malformed`. */
export function decodeOutputPiece(payload: Uint8Array): OutputPiece {
  const nameEnd = 2 + (payload[1] ?? 0);
  const jobId = new TextDecoder('latin1').decode(payload.subarray(2, nameEnd));
  const bytes = payload.subarray(nameEnd + OFFSET_BYTES);
  const fits = bytes.length > 0 && bytes.length <= SANDBOX_PIECE_MAX_BYTES;
  const offset = fits ? Number(viewOf(payload).getBigUint64(nameEnd)) : -1;
  if (payload[0] !== TO_AGENT || !JOB_ID.test(jobId) || !Number.isSafeInteger(offset) || offset < 0)
    throw new AbhayaError('wire.malformed', 'a piece of output is not valid');
  return { jobId, offset, bytes };
}
