// What the lab host says to a phone process, and what it answers: JSON lines on stdin and stdout.

import { type Static, Type } from 'typebox';
import { jsonParserOf } from '#schemas';

const strict = { additionalProperties: false } as const;
const id = Type.Integer({ minimum: 0 });
const command = <N extends string, P extends Parameters<typeof Type.Object>[0]>(name: N, properties: P) =>
  Type.Object({ id, command: Type.Literal(name), ...properties }, strict);

export const phoneControlSchema = Type.Union([
  command('unplug', {}),
  command('plugIn', {}),
  command('stall', {}),
  command('resume', {}),
  command('failAfter', { bytes: Type.Integer({ minimum: 0 }) }),
  command('denyAuth', {}),
  command('allowAuth', {}),
  command('setBattery', {
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    status: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    temperature: Type.Optional(Type.Number({ minimum: -50, maximum: 120 })),
  }),
  command('setHeat', {
    status: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
    temperature: Type.Optional(Type.Number({ minimum: -50, maximum: 150 })),
  }),
  command('setCharger', {
    charger: Type.Union([
      Type.Literal('none'),
      Type.Literal('ac'),
      Type.Literal('usb'),
      Type.Literal('wireless'),
    ]),
  }),
  command('stop', {}),
]);

export type PhoneControl = Static<typeof phoneControlSchema>;

export const phoneEventSchema = Type.Union([
  Type.Object(
    {
      event: Type.Literal('listening'),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      serial: Type.String(),
      isolation: Type.Union([Type.Literal('namespaces'), Type.Literal('plain')]),
      why: Type.String(),
    },
    strict,
  ),
  Type.Object({ event: Type.Literal('connected'), peer: Type.String() }, strict),
  Type.Object({ event: Type.Literal('disconnected') }, strict),
  Type.Object({ event: Type.Literal('authorized'), key: Type.String() }, strict),
  Type.Object({ event: Type.Literal('unauthorized'), key: Type.String(), comment: Type.String() }, strict),
  Type.Object({ event: Type.Literal('done'), id, error: Type.Optional(Type.String()) }, strict),
  Type.Object(
    {
      event: Type.Literal('log'),
      level: Type.String(),
      message: Type.String(),
      fields: Type.Optional(Type.Unknown()),
    },
    strict,
  ),
  Type.Object({ event: Type.Literal('exit'), reason: Type.String() }, strict),
]);

export type PhoneEvent = Static<typeof phoneEventSchema>;

export const MAX_CONTROL_BYTES = 1024 * 1024;

/** The first line on a phone's stdin: what it is to be. */
export const phoneConfigSchema = Type.Object(
  {
    dir: Type.String({ minLength: 1 }),
    image: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1, maxLength: 64 }),
    serial: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    profile: Type.Union([Type.Literal('flagship'), Type.Literal('mid-range'), Type.Literal('budget')]),
    isolation: Type.Union([Type.Literal('auto'), Type.Literal('namespaces'), Type.Literal('plain')]),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    acceptedKeys: Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 64 }),
    preload: Type.Optional(Type.String({ minLength: 1 })),
    ephemeral: Type.Boolean(),
    tools: Type.Object(
      {
        node: Type.String(),
        entry: Type.String(),
        shell: Type.String(),
        toybox: Type.String(),
        phoneInit: Type.String(),
        phoneCall: Type.String(),
        jvm: Type.Optional(Type.String()),
        libraries: Type.Optional(Type.Array(Type.String(), { maxItems: 64 })),
      },
      strict,
    ),
  },
  strict,
);

export type PhoneConfig = Static<typeof phoneConfigSchema>;

export const parseControl = jsonParserOf(phoneControlSchema, 'phone control', {
  maxBytes: MAX_CONTROL_BYTES,
  code: 'input.invalid',
});
export const parseEvent = jsonParserOf(phoneEventSchema, 'phone event', { maxBytes: MAX_CONTROL_BYTES });
export const parseConfig = jsonParserOf(phoneConfigSchema, 'phone configuration', {
  maxBytes: MAX_CONTROL_BYTES,
  code: 'input.invalid',
});
