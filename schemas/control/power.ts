// What the owner of a phone lets the mesh have of it (spec 02, Power): kept on the phone, so that it holds without the
// lab host too. Only settings that the agent enforces are here.

import { type Static, Type } from 'typebox';

export const PowerPolicy = Type.Object(
  {
    /** Off: the phone takes no tasks of others. Its own are its owner's business, always. */
    participation: Type.Boolean(),
    /** Tasks of others only while the charger is connected. */
    chargingOnly: Type.Boolean(),
    /** Optional services pause, whatever the battery says. */
    powerSaving: Type.Boolean(),
    /** Below it, without a charger, optional services pause; 0: never. */
    batteryFloorPercent: Type.Integer({ minimum: 0, maximum: 90 }),
    /** The packages that go on when optional services pause. */
    essentialServices: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 64 }),
    /** Off: only critical heat stops tasks. */
    thermalProtection: Type.Boolean(),
    /** How soon heat stops tasks; what it comes to is in the limits. */
    thermalSensitivity: Type.Integer({ minimum: 0, maximum: 100 }),
  },
  { additionalProperties: false },
);
export type PowerPolicy = Static<typeof PowerPolicy>;

/** Two thresholds for each limit, so that a value at one of them doesn't flap. */
export const PowerLimits = Type.Object({
  /** Percent; absent where the battery sets no limit. */
  battery: Type.Optional(Type.Object({ pausesBelow: Type.Integer(), goesOnFrom: Type.Integer() })),
  /** PowerManager's thermal status. */
  heat: Type.Object({ stopsFrom: Type.Integer(), goesOnFrom: Type.Integer() }),
});
export type PowerLimits = Static<typeof PowerLimits>;

export const PowerView = Type.Object({
  policy: PowerPolicy,
  limits: PowerLimits,
  /** Whose tasks the phone takes from others now: all, those of essential services, or none. */
  takes: Type.Union([Type.Literal('all'), Type.Literal('essential'), Type.Literal('none')]),
  /** Why not all, in sentences. */
  reasons: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 8 }),
});
export type PowerView = Static<typeof PowerView>;
