// `dumpsys thermalservice` (Android 10 and newer). Sensors of the HAL's current block count before cached ones.

export interface ThermalReading {
  /** ThrottlingSeverity 0..6; undefined when the service doesn't say. */
  readonly status: number | undefined;
  /** Hottest sensor of the kind, degrees Celsius. */
  readonly skinCelsius: number | undefined;
  readonly cpuCelsius: number | undefined;
}

const TYPE_CPU = 0;
const TYPE_SKIN = 3;

/** Pure. Undefined when the text is no such report. */
export function parseThermal(text: string): ThermalReading | undefined {
  if (!/^\s*(IsStatusOverride|Thermal Status):/m.test(text)) return undefined;
  const status = /^\s*Thermal Status: ([0-6])\s*$/m.exec(text)?.[1];
  const halAt = text.indexOf('Current temperatures from HAL:');
  const current = halAt < 0 ? [] : sensors(text.slice(halAt));
  const readings = current.length > 0 ? current : sensors(text);
  const hottest = (type: number): number | undefined => {
    const values = readings.filter((sensor) => sensor.type === type).map(({ value }) => value);
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  return {
    status: status === undefined ? undefined : Number(status),
    skinCelsius: hottest(TYPE_SKIN),
    cpuCelsius: hottest(TYPE_CPU),
  };
}

function sensors(text: string): { type: number; value: number }[] {
  return (
    [...text.matchAll(/Temperature\{mValue=(-?[\d.]{1,12}), mType=(-?\d{1,3}), /g)]
      .map(([, value, type]) => ({ type: Number(type), value: Number(value) }))
      // Sensors that are off report impossible values.
      .filter(({ value }) => Number.isFinite(value) && value > -40 && value < 150)
  );
}
