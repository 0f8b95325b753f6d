// From the owner's settings and what the device measured to whose tasks it takes, and why (spec 02, Power). Pure.

import type { PowerLimits, PowerPolicy, PowerView, Profile } from '#schemas';
import { type Gate, gateAfter, isHeld, openGate } from './gate.ts';

export interface PowerReading {
  readonly batteryPercent: number;
  readonly charging: boolean;
  /** PowerManager's 0..6. */
  readonly thermal: number;
}

export interface PowerGates {
  readonly charger: Gate;
  readonly battery: Gate;
  readonly heat: Gate;
}

export type PowerEffect = Pick<PowerView, 'takes' | 'reasons'>;

export const openGates: PowerGates = { charger: openGate, battery: openGate, heat: openGate };

/** Spec 02: moderate, higher, aggressive. */
const sensitivity: Record<Profile, number> = { flagship: 50, 'mid-range': 70, budget: 90 };
const FLOOR_PERCENT = 20;
/** Ours: how far the battery must be above its floor to count again, and the heat below its limit. */
const BATTERY_BAND = 5;
const HEAT_BAND = 2;
const words = ['cool', 'warm', 'hot', 'throttling', 'critical'] as const;

export const defaultPolicy = (profile: Profile): PowerPolicy => ({
  participation: true,
  chargingOnly: false,
  powerSaving: false,
  batteryFloorPercent: FLOOR_PERCENT,
  essentialServices: [],
  thermalProtection: true,
  thermalSensitivity: sensitivity[profile],
});

export function limitsOf(policy: PowerPolicy): PowerLimits {
  const { batteryFloorPercent: floor } = policy;
  const stopsFrom = policy.thermalProtection ? heatLimit(policy.thermalSensitivity) : 4;
  return {
    ...(floor > 0 ? { battery: { pausesBelow: floor, goesOnFrom: floor + BATTERY_BAND } } : {}),
    heat: { stopsFrom, goesOnFrom: stopsFrom - HEAT_BAND },
  };
}

/** Ours: moderate waits for critical heat, higher for throttling, aggressive for hot. */
const heatLimit = (percent: number): number => (percent >= 80 ? 2 : percent >= 60 ? 3 : 4);

export function gatesAfter(
  gates: PowerGates,
  policy: PowerPolicy,
  reading: PowerReading,
  nowMs: number,
): PowerGates {
  const { battery, heat } = limitsOf(policy);
  const { batteryPercent, charging, thermal } = reading;
  return {
    charger: gateAfter(
      gates.charger,
      { shut: policy.chargingOnly && !charging, open: !policy.chargingOnly || charging },
      nowMs,
    ),
    battery: gateAfter(
      gates.battery,
      {
        shut: battery !== undefined && !charging && batteryPercent < battery.pausesBelow,
        open: battery === undefined || charging || batteryPercent >= battery.goesOnFrom,
      },
      nowMs,
    ),
    heat: gateAfter(gates.heat, { shut: thermal >= heat.stopsFrom, open: thermal <= heat.goesOnFrom }, nowMs),
  };
}

export function effectOf(
  gates: PowerGates,
  policy: PowerPolicy,
  reading: PowerReading,
  nowMs: number,
): PowerEffect {
  const { battery, heat } = limitsOf(policy);
  const held = (gate: Gate) => (isHeld(gate, nowMs) ? ', and it changed often: held for five minutes' : '');
  const stops = [
    ...(policy.participation ? [] : ['the owner of this phone has switched its participation off']),
    ...(gates.charger.shut ? [`this phone takes tasks only while it is charging${held(gates.charger)}`] : []),
    ...(gates.heat.shut
      ? [
          `this phone is ${word(reading.thermal)}: no tasks until it is ${word(heat.goesOnFrom)}${heat.goesOnFrom > 0 ? ' or cooler' : ''}${held(gates.heat)}`,
        ]
      : []),
  ];
  const pauses = [
    ...(policy.powerSaving ? ['this phone saves power: optional services pause'] : []),
    ...(gates.battery.shut
      ? [
          `the battery is at ${reading.batteryPercent} %: optional services pause until ${battery?.goesOnFrom ?? 0} %${held(gates.battery)}`,
        ]
      : []),
  ];
  return {
    takes: stops.length > 0 ? 'none' : pauses.length > 0 ? 'essential' : 'all',
    reasons: [...stops, ...pauses],
  };
}

const word = (thermal: number): string => words[Math.min(thermal, words.length - 1)] ?? 'critical';
