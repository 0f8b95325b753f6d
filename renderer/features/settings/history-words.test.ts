import { expect, test } from 'vitest';
import { appVerbs, parserOf } from '#schemas';
import { exportOf, exportWhats, lostOf, rowsOf } from './history-words.ts';

test('every export is one that the main process lets through', () => {
  const parse = parserOf(appVerbs['exports.save'].params, 'parameters');
  for (const { what } of exportWhats)
    for (const format of ['csv', 'json'] as const) {
      const params = exportOf(what, format);
      expect(parse(params)).toEqual(params);
    }
});

test('rows are counted in words, losses only when there are some', () => {
  const rows = { runs: 1, tasks: 2, events: 1, measurements: 0, links: 9, taskSamples: 9 };
  expect(rowsOf({ rows })).toBe('2 tasks, 0 measurements, 1 event, 1 run');
  expect(lostOf({ dropped: { tasks: 0, events: 0, samples: 0 } })).toBeUndefined();
  expect(lostOf({ dropped: { tasks: 1, events: 0, samples: 2 } })).toContain('3 records');
});
