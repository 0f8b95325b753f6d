// Hashes that both sides compute over what they agreed on. Pure.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeCbor, type TaskResult, type WireFile } from '#schemas';

export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

type FileFacts = Pick<WireFile, 'name' | 'bytes' | 'sha256'>;

const filesList = (files: readonly FileFacts[]) =>
  files
    .map(({ name, bytes, sha256 }) => [name, bytes, sha256] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export const inputsDigest = (files: readonly FileFacts[]): string => sha256Hex(encodeCbor(filesList(files)));

/** The same for every attempt that reached the same end. */
export function resultDigest(
  taskId: string,
  manifestSha256: string,
  result: Pick<TaskResult, 'status' | 'problem'> & { readonly outputs: readonly FileFacts[] },
): string {
  const problem = result.problem?.code ?? '';
  return sha256Hex(encodeCbor([taskId, manifestSha256, result.status, problem, filesList(result.outputs)]));
}

/** What the receipt's signatures are over: a label of its own, so that no other signature fits. */
export const receiptBytes = (body: unknown): Uint8Array => encodeCbor(['abhaya-receipt-v1', body]);
