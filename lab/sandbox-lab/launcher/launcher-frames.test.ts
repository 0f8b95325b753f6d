// The TypeScript side of the launcher's frames on the golden bytes that C and Kotlin read too.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeFrame } from '#agent/sandbox';
import {
  decodeFromLauncher,
  encodeCancel,
  encodeCarry,
  encodePiece,
  encodeStart,
  encodeTaken,
  encodeWarm,
} from './launcher-frames.ts';

const file = (name: string) =>
  readFileSync(new URL(`../../../schemas/golden/launcher/${name}`, import.meta.url), 'utf8');
const bytes = (name: string) => Buffer.from(file(`${name}.hex`).replace(/\s/g, ''), 'hex');
const meaning = (name: string) => JSON.parse(file(`${name}.json`));

test('START, WARM and CANCEL', () => {
  expect(encodeFrame(encodeStart(meaning('start')))).toEqual(bytes('start'));
  expect(encodeFrame(encodeStart(meaning('start-nodejs')))).toEqual(bytes('start-nodejs'));
  expect(encodeFrame(encodeWarm(meaning('warm')))).toEqual(bytes('warm'));
  expect(encodeFrame(encodeCancel(7))).toEqual(bytes('cancel'));
});

test('jobs whose files come as pieces', () => {
  expect(encodeFrame(encodeCarry(meaning('carry')))).toEqual(bytes('carry'));
  const { job, file: number, offset, bytes: piece } = meaning('piece');
  expect(encodeFrame(encodePiece(job, number, offset, Buffer.from(piece, 'hex')))).toEqual(bytes('piece'));
  expect(encodeFrame(encodeTaken(7, 16_000))).toEqual(bytes('taken'));
  const output = meaning('output');
  expect(decodeFromLauncher(bytes('output').subarray(4))).toEqual({
    ...output,
    bytes: Buffer.from(output.bytes, 'hex'),
  });
});

test.each(['hello', 'hello-unavailable', 'ready', 'progress', 'exit-denied', 'exit-failed'])('%s', (name) => {
  const payload = bytes(name).subarray(4);
  expect(decodeFromLauncher(payload)).toEqual(meaning(name));
  for (let cut = 1; cut < payload.length; cut++)
    expect(() => decodeFromLauncher(payload.subarray(0, cut))).toThrow('too short');
  expect(() => decodeFromLauncher(Buffer.concat([payload, Buffer.from([0])]))).toThrow('too long');
});
