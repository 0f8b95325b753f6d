// Quality of links in words and tones, the same in the drawing, the lists and the legend.

import { bytes } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';

export type QualityWord = 'good' | 'fair' | 'poor' | 'unknown' | 'down';

/** Spec 02 calls a connection stable from 0.7 on. */
const FAIR_BELOW = 0.7;
const POOR_BELOW = 0.4;

export function qualityWord(up: boolean, quality: number | undefined): QualityWord {
  if (!up) return 'down';
  if (quality === undefined) return 'unknown';
  if (quality < POOR_BELOW) return 'poor';
  return quality < FAIR_BELOW ? 'fair' : 'good';
}

export const qualityTone: Record<QualityWord, Tone> = {
  good: 'ok',
  fair: 'warn',
  poor: 'bad',
  unknown: 'off',
  down: 'off',
};

export const qualityLabel: Record<QualityWord, string> = {
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
  unknown: 'Not measured yet',
  down: 'Down',
};

export const rate = (bytesPerSecond: number | undefined): string =>
  bytesPerSecond === undefined ? '–' : `${bytes(bytesPerSecond)}/s`;

export const roundTrip = (ms: number | undefined): string =>
  ms === undefined ? '–' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

export const quality = (value: number | undefined): string =>
  value === undefined ? '–' : `${Math.round(value * 100)} %`;
