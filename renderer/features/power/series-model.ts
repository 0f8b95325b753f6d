// Measurements over time as the charts draw them: from the history's buckets, with live ones appended. Pure.

import type { HistoryBucket, Measurement } from '#schemas';

export interface Point {
  readonly atMs: number;
  readonly battery: number;
  /** The share of the time in which the charger was connected, 0..1. */
  readonly charging: number;
  readonly thermal: number;
  readonly celsius: number | undefined;
  /** Percent of all cores. */
  readonly cpu: number;
  readonly memory: number;
  readonly memoryTotal: number;
}

export interface RangeChoice {
  readonly name: string;
  readonly label: string;
  readonly ms: number;
}

export const ranges: readonly RangeChoice[] = [
  { name: '5m', label: '5 min', ms: 5 * 60_000 },
  { name: '1h', label: '1 h', ms: 3_600_000 },
  { name: '24h', label: '24 h', ms: 86_400_000 },
  { name: '7d', label: '7 days', ms: 7 * 86_400_000 },
];

/** A phone measures every ten seconds: a longer silence is a gap, not a line. */
const SILENCE_MS = 35_000;
const MIN_STEP_MS = 5_000;

export const rangeOf = (name: string | null): RangeChoice =>
  ranges.find((range) => range.name === name) ?? (ranges[0] as RangeChoice);

/** The length of a bucket, so that about so many cover the range. */
export const stepOf = (rangeMs: number, buckets: number): number =>
  Math.max(MIN_STEP_MS, Math.ceil(rangeMs / buckets));

export function fromBuckets(buckets: readonly HistoryBucket[]): Map<string, readonly Point[]> {
  const series = new Map<string, Point[]>();
  for (const bucket of buckets) {
    const points = series.get(bucket.serial) ?? [];
    points.push({
      atMs: bucket.atMs,
      battery: bucket.batteryPercent.avg,
      charging: bucket.charging,
      // The worst counts: a minute of heat in a quiet hour is what somebody looks for.
      thermal: bucket.thermal.max,
      celsius: bucket.celsius?.avg,
      cpu: bucket.cpuLoad.avg * 100,
      memory: bucket.availableMemoryBytes.avg,
      memoryTotal: bucket.memoryBytes,
    });
    series.set(bucket.serial, points);
  }
  return series;
}

/** The series with what was measured since; phones that nothing was heard of keep their very list. */
export function withLive(
  series: ReadonlyMap<string, readonly Point[]>,
  measurements: readonly Measurement[],
  stepMs: number,
  fromMs: number,
): ReadonlyMap<string, readonly Point[]> {
  if (measurements.length === 0) return series;
  const next = new Map(series);
  for (const measurement of measurements) {
    const points = (next.get(measurement.serial) ?? []).filter(({ atMs }) => atMs >= fromMs);
    next.set(measurement.serial, appended(points, pointOf(measurement), stepMs));
  }
  return next;
}

/** The last bucket takes in what still belongs to it, so that a week's line doesn't grow a thick end. */
function appended(points: readonly Point[], point: Point, stepMs: number): readonly Point[] {
  const last = points.at(-1);
  if (!last) return [point];
  if (point.atMs <= last.atMs) return points;
  if (point.atMs - last.atMs >= stepMs) return [...points, point];
  const { thermal } = last;
  return [...points.slice(0, -1), { ...point, atMs: last.atMs, thermal: Math.max(thermal, point.thermal) }];
}

const pointOf = (measurement: Measurement): Point => ({
  atMs: measurement.atMs,
  battery: measurement.batteryPercent,
  charging: measurement.charging ? 1 : 0,
  thermal: measurement.thermal,
  celsius: measurement.celsius,
  cpu: measurement.cpuLoad * 100,
  memory: measurement.availableMemoryBytes,
  memoryTotal: measurement.memoryBytes,
});

const isGap = (from: Point, to: Point, stepMs: number): boolean =>
  to.atMs - from.atMs > Math.max(SILENCE_MS, 2.5 * stepMs);

/** A point without values: a chart's line breaks there. */
export type Break = { readonly atMs: number };

export function withBreaks(points: readonly Point[], stepMs: number): readonly (Point | Break)[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    return before && isGap(before, point, stepMs) ? [{ atMs: before.atMs + 1 }, point] : [point];
  });
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When the charger was connected; a gap ends a span. */
export function chargingSpans(points: readonly Point[], stepMs: number): readonly Span[] {
  const spans: Span[] = [];
  points.forEach((point, i) => {
    if (point.charging <= 0.5) return;
    const following = points[i + 1];
    const toMs = following && !isGap(point, following, stepMs) ? following.atMs : point.atMs;
    const last = spans.at(-1);
    if (last && last.toMs === point.atMs) spans[spans.length - 1] = { ...last, toMs };
    else spans.push({ fromMs: point.atMs, toMs });
  });
  return spans.filter(({ fromMs, toMs }) => toMs > fromMs);
}

const ENOUGH_MS = 5 * 60_000;

/** Hours until the battery is empty, if it goes on as since the charger was pulled; undefined where nobody can say. */
export function hoursLeft(points: readonly Point[]): number | undefined {
  const charged = points.findLastIndex(({ charging }) => charging > 0);
  const [first, last] = [points[charged + 1], points.at(-1)];
  if (!first || !last || last.atMs - first.atMs < ENOUGH_MS || first.battery - last.battery < 1)
    return undefined;
  return ((last.battery / (first.battery - last.battery)) * (last.atMs - first.atMs)) / 3_600_000;
}

/** Points for a line in a box of so many units, 0 to 100 upwards; a gap begins a new line. */
export function sparkPath(
  points: readonly Point[],
  box: { readonly width: number; readonly height: number; readonly fromMs: number; readonly toMs: number },
  stepMs: number,
): string {
  const { width, height, fromMs, toMs } = box;
  const span = Math.max(1, toMs - fromMs);
  return points
    .filter(({ atMs }) => atMs >= fromMs)
    .map((point, i, all) => {
      const before = all[i - 1];
      const x = Math.min(1, (point.atMs - fromMs) / span) * width;
      const y = height - (point.battery / 100) * height;
      const at = `${x.toFixed(1)} ${y.toFixed(1)}`;
      // A little way, so that a point by itself is seen.
      return !before || isGap(before, point, stepMs) ? `M${at}h0.5` : `L${at}`;
    })
    .join('');
}
