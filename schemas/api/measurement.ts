// One look at a phone, by itself: what live charts and the history are made of.

import { type Static, Type } from 'typebox';
import { Bytes, Millis } from '../common.ts';

/** How a phone is, as it measured itself; sent live, at most every two seconds for each phone. */
export const Measurement = Type.Object({
  serial: Type.String({ minLength: 1, maxLength: 128 }),
  atMs: Millis,
  batteryPercent: Type.Integer({ minimum: 0, maximum: 100 }),
  charging: Type.Boolean(),
  thermal: Type.Integer({ minimum: 0, maximum: 6 }),
  celsius: Type.Optional(Type.Number()),
  cpuLoad: Type.Number({ minimum: 0, maximum: 1 }),
  availableMemoryBytes: Bytes,
  memoryBytes: Bytes,
});
export type Measurement = Static<typeof Measurement>;
