import { expect, test } from 'vitest';
import { ManualClock } from '#base';
import type { TopologyView } from '#schemas';
import { createTopologyNews } from './topology-news.ts';

const view = (quality: number, nextHop?: string): TopologyView => ({
  self: 'a',
  nodes: [
    {
      nodeId: 'b',
      hops: 1,
      quality,
      neighbours: [{ nodeId: 'a', quality }],
      lastSeenMs: 0,
      ...(nextHop ? { nextHop } : {}),
    },
  ],
});

test('routes are told at once, wavering qualities now and then', () => {
  const clock = new ManualClock();
  const news = createTopologyNews(clock);
  expect(news.isNew(view(1, 'b'))).toBe(true);
  expect(news.isNew(view(0.9, 'b'))).toBe(false);
  expect(news.isNew(view(0.9))).toBe(true);
  clock.advance(4_999);
  expect(news.isNew(view(0.8))).toBe(false);
  clock.advance(1);
  expect(news.isNew(view(0.8))).toBe(true);
});
