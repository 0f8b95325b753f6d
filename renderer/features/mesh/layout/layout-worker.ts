// The thread that lays out, so that the window goes on drawing meanwhile.

import { forceLayout } from './force-layout.ts';
import type { Point, Shape } from './placement.ts';

export interface LayoutRequest {
  readonly id: number;
  readonly shape: Shape;
  readonly known: readonly (readonly [string, Point])[];
  readonly pinned: readonly string[];
}
export interface LayoutReply {
  readonly id: number;
  readonly positions: readonly (readonly [string, Point])[];
}

self.addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  const positions = forceLayout({
    shape: data.shape,
    known: new Map(data.known),
    pinned: new Set(data.pinned),
  });
  self.postMessage({ id: data.id, positions: [...positions] } satisfies LayoutReply);
});
