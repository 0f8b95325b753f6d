// A link's shape as it is typed and read: milliseconds, per cent, kilobytes a second. Pure.

import type { LinkView } from '#schemas';

export type Shape = NonNullable<LinkView['shape']>;

export interface ShapeFields {
  readonly delay: string;
  readonly loss: string;
  readonly rate: string;
}

export const noShape: Shape = { delayMs: 0, loss: 0, rateBytesPerSecond: 0 };

export const fieldsOf = ({ delayMs, loss, rateBytesPerSecond }: Shape): ShapeFields => ({
  delay: String(delayMs),
  loss: String(Math.round(loss * 1_000) / 10),
  rate: rateBytesPerSecond === 0 ? '' : String(rateBytesPerSecond / 1_000),
});

const limits = {
  delay: { most: 60_000, text: 'From 0 to 60,000 ms' },
  loss: { most: 90, text: 'From 0 to 90 %' },
  rate: { most: 10_000_000, text: 'From 0.1 kB/s, or empty for no limit' },
} as const;

/** What is wrong with a field, in words; undefined when it is right. */
export function problemOf(field: keyof ShapeFields, value: string): string | undefined {
  const number = value.trim() === '' ? 0 : Number(value);
  const { most, text } = limits[field];
  const tooSlow = field === 'rate' && number !== 0 && number < 0.1;
  return Number.isFinite(number) && number >= 0 && number <= most && !tooSlow ? undefined : text;
}

/** Undefined when a field is wrong. */
export function shapeOf(fields: ShapeFields): Shape | undefined {
  if ((['delay', 'loss', 'rate'] as const).some((field) => problemOf(field, fields[field]))) return undefined;
  return {
    delayMs: Number(fields.delay),
    loss: Number(fields.loss) / 100,
    rateBytesPerSecond: Math.round(Number(fields.rate) * 1_000),
  };
}

/** Short, for beside a link; empty for an unshaped one. */
export function shapeText({ delayMs, loss, rateBytesPerSecond }: Shape): string {
  return [
    delayMs > 0 ? `+${delayMs} ms` : '',
    loss > 0 ? `${Math.round(loss * 1_000) / 10} % loss` : '',
    rateBytesPerSecond > 0 ? `${rateBytesPerSecond / 1_000} kB/s` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
